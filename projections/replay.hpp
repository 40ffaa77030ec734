#pragma once

#include <functional>

#include "events/bytes.hpp"
#include "projections/decoded_entry.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// One entry on its way to the fold.
struct replayed_entry {
  log_index index{};
  timestamp append_time{};
  decoded_entry entry;
};

/// Takes one entry of a log: index, append time, envelope. False: no more.
using envelope_visitor = std::function<bool(log_index, timestamp, byte_view)>;

/// Visits the entries of a log in order, to its end or until the visitor
/// returns false. Called on a thread of replay().
using envelope_source = std::function<result<void>(const envelope_visitor&)>;

/// Folds one entry; a failure ends the replay.
using replay_step = std::function<result<void>(const replayed_entry&)>;

/// Hands the entries of a log to `fold`, on this thread and in order. They are
/// read, verified, decoded and hashed a few batches ahead on a second thread;
/// what the fold will look up in `state` is prefetched batch by batch. Both
/// threads are joined when this returns or throws what `source` or `fold`
/// threw.
///
/// Errors: what `fold` or else `source` failed with.
result<void> replay(const ledger_state& state, const envelope_source& source,
                    const replay_step& fold);

} // namespace signalbox
