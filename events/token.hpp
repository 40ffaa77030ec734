#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// A place in one history: base64url{incarnation, index, first 8 bytes of H},
/// each a u64, big endian. Any node can judge it.
struct consistency_token {
  std::uint64_t incarnation = 0;
  log_index index{};
  std::uint64_t chain = 0;

  auto operator<=>(const consistency_token&) const = default;
};

std::string to_string(const consistency_token& x);

/// Errors: `bad_request`.
result<consistency_token> parse_consistency_token(std::string_view text);

/// A bearer token as its holder has it: `sbx_<id>_<secret>`, the id in
/// hexadecimal, the secret 32 random bytes in base64url. Only the secret's
/// SHA-256 is kept anywhere else.
struct bearer_token {
  token_id id;
  digest secret_digest;
};

struct new_bearer_token {
  bearer_token kept;
  std::string text; ///< show once; never log
};

new_bearer_token make_bearer_token();

/// Errors: `unauthenticated`.
result<bearer_token> parse_bearer_token(std::string_view text);

} // namespace signalbox
