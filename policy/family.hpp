#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/inputs.hpp"
#include "policy/place.hpp"
#include "policy/semver.hpp"

namespace signalbox {

/// What a `schema_ref` names: `<client_id>/<semver>`.
struct schema_ref {
  std::string client_id;
  semver version;

  /// Errors: `bad_request`.
  static result<schema_ref> parse(std::string_view text);
};

/// The writer that makes the client's file from a payload.
enum class render_kind { json, toml, yaml };

std::string_view to_string(render_kind x);
std::optional<render_kind> render_kind_from_string(std::string_view text);

/// What makes a running client take a new file.
enum class reload_kind {
  unknown,
  automatic,   ///< it watches the file
  reload,      ///< a command or button of the client
  new_session, ///< the next session or chat
  restart,     ///< the next start of the application
};

std::string_view to_string(reload_kind x);
std::optional<reload_kind> reload_kind_from_string(std::string_view text);

struct family_schema {
  std::string ref;           ///< as in artifacts
  std::uint64_t major = 0;   ///< of the schema: a channel's third part
  std::string version_range; ///< versions of the client application
  std::string file;          ///< a plain file name beside the descriptor
};

struct family_profile {
  std::string name;
  std::vector<std::string> environment;
};

/// Where the strings lie that policy looks at.
struct risky_places {
  places commands, arguments, environment, headers, urls;
};

/// A kind of client, as its descriptor says (FR-1).
struct family {
  std::string client_id;
  std::string name;
  std::uint64_t default_major = 0;
  std::string media_type;
  render_kind render = render_kind::json;
  std::vector<family_schema> schemas;
  std::vector<std::string> capabilities;
  std::vector<family_profile> profiles;
  input_rules inputs;
  risky_places strings;
  reload_kind reload = reload_kind::unknown; ///< FR-11

  /// Nullptr if the family has no such schema, or profile.
  const family_schema* find_schema(std::string_view ref) const;
  const family_profile* find_profile(std::string_view name) const;
};

/// Parses a descriptor (`schemas/families/README.md`). Strict: unknown keys,
/// odd ids (C8), doubled refs and profiles, refs of another client and a
/// default_major without a schema are refused.
/// Errors: `bad_json`, `too_large`, `bad_request`, each with the pointer.
result<family> parse_family(std::string_view text);

} // namespace signalbox
