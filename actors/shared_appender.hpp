#pragma once

#include <mutex>

#include <caf/typed_event_based_actor.hpp>

#include "actors/node_status.hpp"
#include "actors/protocol.hpp"
#include "storage/shared_log.hpp"

namespace signalbox {

/// What a shared appender needs; all of it outlives the actor.
struct shared_appender_config {
  shared_log& log;
  /// Held while the log is used: a log has one thread, and a crashed appender
  /// may still be at it when the next one starts.
  std::mutex& user;
  node_status& status;
};

/// The appender of a log that other processes write to as well. Sends records
/// without waiting and tells `follower`, a ledger, whenever the log has grown,
/// whoever wrote. Spawn it detached: it may wait for the disk.
shared_appender_actor::behavior_type
shared_appender(shared_appender_actor::pointer self,
                shared_appender_config config, ledger_actor follower);

} // namespace signalbox
