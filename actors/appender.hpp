#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/node_status.hpp"
#include "actors/protocol.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Group commit: whatever records arrived while the last group was being
/// synced make the next one. Knows no actors; tested without them.
class append_group {
 public:
  /// Returns the wall clock; a log's append times come from it.
  using clock = std::function<timestamp()>;

  append_group(event_log& log, node_status& status, clock now)
      : log_{log}, status_{status}, now_{std::move(now)} {}

  /// True if a flush has to be scheduled.
  bool add(const std::vector<std::shared_ptr<const proposal>>& records);

  /// Writes what has gathered; an empty group probes a log that refuses
  /// writes, and brings it back once it can. On failure `failed` is called for
  /// each record of the group.
  using failed = std::function<void(append_failed)>;
  void write(const failed& on_failure);

 private:
  event_log& log_;
  node_status& status_;
  clock now_;
  std::vector<std::shared_ptr<const proposal>> group_;
};

/// What an appender needs; all of it outlives the actor.
struct appender_config {
  event_log& log;
  /// Held while a group is written: after a crash the former appender may still
  /// sit in its fsync when the next one starts, and a log has one writer.
  std::mutex& writer;
  node_status& status;
  append_group::clock now;
};

/// The actor around an append_group. Blocks in fsync: spawn it detached.
/// Tells `follower`, a ledger, after each group.
appender_actor::behavior_type appender(appender_actor::pointer self,
                                       appender_config config,
                                       ledger_actor follower);

} // namespace signalbox
