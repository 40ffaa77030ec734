#include "actors/ledger.hpp"

#include <caf/all.hpp>

namespace signalbox {

namespace {

/// The keeper with what it needs of the actor's world.
struct ledger_host {
  ledger_keeper keeper;
  appender_actor log;

  void propose(ledger_actor::pointer self, const std::shared_ptr<proposal>& x) {
    if (keeper.admit(x))
      self->send(log, append{x});
  }

  void housekeep(ledger_actor::pointer self) {
    // Entries that nobody announced: a group whose fate showed late, or one
    // that the appender of a crashed ledger finished.
    keeper.follow();
    for (auto& x : keeper.beat())
      propose(self, x);
    // Without this probe a node that lost its writers to another, because it
    // was not ready, would never find out that its log is well again.
    if (keeper.log_needs_probe())
      self->send(log, flush{});
    self->delayed_send(self, actor_defaults::beat, beat{});
  }

  /// Writers that wait are told in any case. After a crash nothing is saved:
  /// the last good state is in the store.
  void leave(const caf::error& reason) {
    if (reason == caf::exit_reason::user_shutdown)
      keeper.finish();
    keeper.abandon();
    log = nullptr;
  }
};

} // namespace

ledger_actor::behavior_type
ledger(ledger_actor::pointer self, ledger_config config,
       std::function<appender_actor(ledger_actor::pointer)> spawn_appender,
       std::function<void()> ready) {
  bool writes = config.writes;
  auto host = std::make_shared<ledger_host>(
      ledger_host{ledger_keeper{std::move(config)}, appender_actor()});
  auto recovered = host->keeper.recover();
  host->log = spawn_appender(self);
  self->attach_functor([host](const caf::error& x) { host->leave(x); });
  // At start, before anyone is listened to: the log's clock is brought up.
  if (recovered && writes)
    host->propose(self, host->keeper.make_tick(std::move(ready)));
  else
    ready();
  self->delayed_send(self, actor_defaults::beat, beat{});
  return {
      [self, host](const propose& x) { host->propose(self, x.what); },
      [host](const find_command& x) { host->keeper.find(x.id, *x.answer); },
      [host](advanced) { host->keeper.follow(); },
      [host](const append_failed& x) { host->keeper.on(*x.why, *x.what); },
      [self, host](beat) { host->housekeep(self); },
  };
}

} // namespace signalbox
