#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/artifact.hpp"
#include "events/dsse.hpp"
#include "events/errors.hpp"
#include "events/head.hpp"
#include "events/keyset.hpp"

// Offline verification (NFR-6, AC-4): pure functions over bytes that a client
// holds. Nothing here reads a clock, a file or a socket. Every refusal is
// `bad_signature` with the precise reason and, where it lies in a document,
// the pointer; text that is not even well formed keeps the parser's code.

namespace signalbox {

/// What the caller demands beyond a valid signature. An absent name is not
/// compared.
struct verify_demands {
  std::optional<std::string> client_id;
  std::optional<std::string> profile;
  std::uint64_t min_incarnation = 0;     ///< together with the next: refuses
  std::uint64_t min_channel_version = 0; ///< what is older than was seen
  timestamp at{};                        ///< when expiry is judged
};

/// What a seal vouches for.
struct verified_artifact {
  ledger_id ledger;
  std::string client_id;
  std::string profile;
  std::string schema_ref;
  std::string version;
  digest artifact;
};

/// An artifact as a file holds it: with signature and head, or as a DSSE
/// envelope (which has no head). Errors: `bad_json`, `bad_request`.
result<wire_artifact> parse_artifact(std::string_view text);

/// The seal: signed by a key of this keyset that seals and is not revoked, over
/// a canonical core whose ids are right. It does not say "released".
result<verified_artifact> verify_seal(const wire_artifact& x,
                                      const keyset& trusted,
                                      const verify_demands& demands);

/// The head: signed by a key of this keyset for heads, about this very
/// artifact and channel, neither expired nor older than demanded. Returns what
/// it says.
result<head> verify_head(const dsse_envelope& x,
                         const verified_artifact& artifact,
                         const keyset& trusted, const verify_demands& demands);

} // namespace signalbox
