#pragma once

#include <cstdint>

#include "app/log_source.hpp"
#include "projections/state_hash.hpp"

namespace signalbox {

/// What the first entries of a log come to: two logs of which this is equal
/// tell the same history.
struct log_sums {
  std::uint64_t entries = 0;
  digest chain; ///< H of the last entry
  state_hash state;
  digest records; ///< see digest_records

  bool operator==(const log_sums&) const = default;
};

/// The same, with what the fold found.
struct folded_log : log_sums {
  std::uint64_t accepted = 0;
  ledger_id ledger;
  std::uint64_t incarnation = 0;
  digest root_fingerprint; ///< of entry 0

  bool operator==(const folded_log&) const = default;
};

/// D(-1) = 0, D(i) = SHA-256(D(i-1) || u64 append time || record).
digest next_record_digest(const digest& before, const log_entry_view& x);

/// D(until - 1). A digest of the first `until` entries: of every byte, contents
/// too, which H does not cover, and of the times. Errors: as reading.
result<digest> digest_records(const event_log& log, std::uint64_t until);

/// Folds the first `until` entries of a log from nothing.
/// Errors: `log_corrupt` (an entry cannot be read or folded, or there are fewer
/// than that; the message says how far the log is sound), `not_found` (no
/// ledger), `io`, `unavailable` (a fold version beyond this build).
result<folded_log> fold_until(const event_log& log, std::uint64_t until,
                              const log_progress& progress = nullptr);

} // namespace signalbox
