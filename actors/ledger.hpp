#pragma once

#include <functional>

#include <caf/typed_event_based_actor.hpp>

#include "actors/ledger_keeper.hpp"
#include "actors/protocol.hpp"

namespace signalbox {

/// The actor around a ledger_keeper. Recovers before it takes its first
/// message; if that fails it stays, refuses writes and says why through the
/// node's status, while the view it got to is served.
///
/// `spawn_appender` makes the appender that it hands records to, and is linked
/// to: either's crash takes both down, and the supervisor starts them again.
///
/// `ready` is called once the ledger is recovered and its first tick is judged
/// or refused, or the recovery failed; on any thread, perhaps more than once.
ledger_actor::behavior_type
ledger(ledger_actor::pointer self, ledger_config config,
       std::function<appender_actor(ledger_actor::pointer)> spawn_appender,
       std::function<void()> ready);

} // namespace signalbox
