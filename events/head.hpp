#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// How long a head holds, in milliseconds, unless configured: 7 days.
inline constexpr std::int64_t default_head_life = 7 * 24 * 3'600'000LL;

/// The signed statement which artifact is current in a channel. Its content is
/// a function of the fold alone, so every node makes the same one.
struct head {
  ledger_id ledger;
  std::uint64_t incarnation = 0;
  std::string client_id;
  std::string profile;
  std::uint32_t major = 0; ///< of the schema
  std::uint64_t channel_version = 0;
  digest artifact;
  log_index index{}; ///< entry that made it current
  std::string changelog;
  std::uint64_t keyset_version = 0;
  timestamp issued_at{};
  timestamp expires_at{};
};

/// The running period: heads are issued anew at each half of their life.
constexpr std::int64_t head_period(timestamp log_time, std::int64_t life) {
  return to_integer(log_time) / (life / 2);
}

/// The later of the deciding entry's log time and the start of the period.
constexpr timestamp head_issued_at(timestamp decided_at, std::int64_t period,
                                   std::int64_t life) {
  timestamp start{period * (life / 2)};
  return start > decided_at ? start : decided_at;
}

/// The RFC 8785 bytes that are signed.
std::string to_payload(const head& x);

/// Strict inverse of to_payload. Errors: `bad_json`, `bad_request`.
result<head> parse_head(std::string_view payload);

} // namespace signalbox
