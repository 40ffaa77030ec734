#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/dsse.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/json.hpp"
#include "events/signature.hpp"

namespace signalbox {

/// Limits of an artifact's JSON, core or wire form: a payload and a rendered
/// text of 256 KiB each may grow by their escapes.
inline constexpr json_limits artifact_limits{2 * 1024 * 1024, 48};

/// The client's file beside the canonical payload, for TOML and YAML families.
struct rendered_file {
  std::string media_type;
  std::string text;
};

/// All that an artifact says; sealed as the RFC 8785 bytes of its core.
struct artifact_content {
  ledger_id ledger;
  std::string client_id;
  std::string profile;
  std::string schema_ref;
  std::string version;           ///< semantic version; a label, not content
  std::string canonical_payload; ///< RFC 8785 bytes
  std::optional<rendered_file> rendered;
  std::vector<std::string> inputs; ///< sorted names, never values (FR-5)
  std::string policy_set_id;
  std::string policy_version;
  timestamp issued_at{};
  std::string publisher_id;
  std::string tooling_version;
  std::string changelog;
  std::string canonical_validation; ///< RFC 8785 bytes of the summary
  /// {parameters, template_id, version} in RFC 8785 bytes; empty, and then not
  /// in the core, unless a template was used. A label, not content.
  std::string canonical_template = {};
};

/// SHA-256 over the RFC 8785 form of {client_id, profile, schema_ref, payload,
/// rendered, inputs, policy_set_id, policy_version}.
digest make_artifact_id(const artifact_content& x);

/// The RFC 8785 bytes of the core: what is sealed, stored and served.
std::string make_core(const artifact_content& x, const digest& artifact_id);

/// The seal: a signature over the DSSE pre-authentication encoding of the core.
byte_buffer seal(std::string_view core, const private_key& key);

/// The signature's algorithm is the key's.
std::string signature_json(const digest& key_id, key_algorithm algorithm,
                           byte_view signature);

/// The artifact on the wire: the core's bytes with `,"signature":...` and
/// `,"head":...` put before its last brace. Cutting at the last
/// `,"signature":` gives the signed bytes back.
std::string to_wire(std::string_view core, std::string_view signature_json,
                    std::string_view head_json);

/// The parts of an artifact as it came over the wire.
struct wire_artifact {
  std::string core;
  std::string algorithm;
  dsse_signature signature;
  std::optional<dsse_envelope> head; ///< absent for an answer about the past
};

/// Inverse of to_wire; verifies nothing.
/// Errors: `bad_json`, `bad_request`, with the pointer.
result<wire_artifact> parse_wire(std::string_view text);

} // namespace signalbox
