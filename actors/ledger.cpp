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
};

} // namespace

ledger_actor::behavior_type
ledger(ledger_actor::pointer self, ledger_config config,
       std::function<appender_actor(ledger_actor::pointer)> spawn_appender) {
  bool writes = config.writes;
  auto host = std::make_shared<ledger_host>(
      ledger_host{ledger_keeper{std::move(config)}, appender_actor()});
  auto recovered = host->keeper.recover();
  host->log = spawn_appender(self);
  self->attach_functor([host](const caf::error&) {
    host->keeper.save();
    host->log = nullptr;
  });
  // At start, before anyone is listened to: the log's clock is brought up.
  if (recovered && writes)
    host->propose(self, host->keeper.make_tick());
  self->delayed_send(self, actor_defaults::beat, beat{});
  return {
      [self, host](const propose& x) { host->propose(self, x.what); },
      [host](const find_command& x) { host->keeper.find(x.id, *x.answer); },
      [host](advanced) { host->keeper.follow(); },
      [host](const append_failed& x) { host->keeper.on(*x.why, *x.what); },
      [self, host](beat) {
        for (auto& x : host->keeper.beat())
          host->propose(self, x);
        self->delayed_send(self, actor_defaults::beat, beat{});
      },
  };
}

} // namespace signalbox
