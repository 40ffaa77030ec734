#pragma once

#include <cstdint>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/outcome.hpp"
#include "projections/decoded_entry.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// How far log_time may lie ahead of an entry's own clock, in milliseconds: a
/// broker whose clock leaps cannot freeze the ledger in the future.
inline constexpr std::int64_t max_clock_lead = 60'000;

/// What the fold says about one entry.
struct verdict {
  outcome result = outcome::accepted;
  log_index index{}; ///< of this entry
  /// The entry whose outcome answers the writer: this one, or, for a
  /// duplicate, the one that judged the command first.
  log_index decided_by{};
  event_id id; ///< zero if the envelope does not decode
  std::uint32_t attempt = 0;
  std::uint16_t type = 0; ///< event type number; 0: unknown
};

/// Folds one entry: judges it in the fixed order of checks, applies it if it is
/// accepted, and moves position, chain and state hash on. Pure: takes nothing
/// but its arguments. `append_time` is the log's, unclamped.
///
/// Fails only where the fold must stop, with the state unchanged:
/// `unavailable` if a fold version beyond this build was activated, `bug` if
/// the index is not the next.
result<verdict> step(ledger_state& state, log_index index,
                     timestamp append_time, byte_view envelope);

/// The same for an entry that was decoded before.
result<verdict> step(ledger_state& state, log_index index,
                     timestamp append_time, const decoded_entry& entry);

} // namespace signalbox
