#include "actors/ledger.hpp"

#include "actors/linear_readers.hpp"

#include <caf/all.hpp>

namespace signalbox {

namespace {

/// The keeper with what it needs of the actor's world.
struct ledger_host {
  ledger_keeper keeper;
  linear_readers linear;
  std::function<std::chrono::steady_clock::time_point()> now;
  appender_actor log;
  bool timer_is_set = false; ///< for the next tick

  void propose(ledger_actor::pointer self,
               const std::vector<std::shared_ptr<proposal>>& group) {
    append admitted;
    for (auto& x : group)
      if (keeper.admit(x))
        admitted.what.push_back(x);
    if (!admitted.what.empty())
      self->send(log, std::move(admitted));
  }

  void take(ledger_actor::pointer self, const await_latest& x) {
    if (auto why = keeper.why_no_tick())
      return (*x.who)(std::move(*why));
    linear.add(x.who, now());
    send_tick(self);
  }

  /// One for whoever waits for it, as soon as one may leave.
  void send_tick(ledger_actor::pointer self) {
    const auto due = linear.due();
    const auto at = now();
    if (!due || timer_is_set)
      return;
    if (*due > at) {
      timer_is_set = true;
      return self->delayed_send(self, *due - at, tick_due{});
    }
    if (auto why = keeper.why_no_tick())
      return linear.abandon(*why);
    linear.depart(at);
    propose(self, {keeper.make_linear_tick(std::make_shared<answer_once>(
                      [me = ledger_actor{self}](command_answer x) {
                        caf::anon_send(
                            me,
                            tick_judged{std::make_shared<const command_answer>(
                                std::move(x))});
                      }))});
  }

  void on_judged(ledger_actor::pointer self, const command_answer& x) {
    linear.arrive(judge_tick(x));
    send_tick(self);
  }

  void housekeep(ledger_actor::pointer self) {
    linear.expire(now());
    // Entries that nobody announced: a group whose fate showed late, or one
    // that the appender of a crashed ledger finished.
    keeper.follow();
    propose(self, keeper.beat());
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
    linear.abandon(linear_reader::gone());
    log = nullptr;
  }
};

} // namespace

ledger_actor::behavior_type
ledger(ledger_actor::pointer self, ledger_config config,
       std::function<appender_actor(ledger_actor::pointer)> spawn_appender,
       std::function<void()> ready) {
  auto now = config.steady_clock;
  linear_readers linear{config.status};
  auto host = std::make_shared<ledger_host>(
      ledger_host{ledger_keeper{std::move(config)}, std::move(linear),
                  std::move(now), appender_actor()});
  auto recovered = host->keeper.recover();
  host->log = spawn_appender(self);
  self->attach_functor([host](const caf::error& x) { host->leave(x); });
  // At start, before anyone is listened to: the log's clock is brought up.
  if (recovered && host->keeper.may_propose())
    host->propose(self, {host->keeper.make_tick(std::move(ready))});
  else
    ready();
  self->delayed_send(self, actor_defaults::beat, beat{});
  return {
      [self, host](const propose& x) { host->propose(self, x.what); },
      [host](const find_command& x) {
        host->keeper.find(x.id, x.for_good, *x.answer);
      },
      [self, host](const close_command& x) {
        if (auto closing = host->keeper.make_closing(x.id, x.attempt, x.answer))
          host->propose(self, {closing});
      },
      [host](advanced) { host->keeper.follow(); },
      [host](const append_failed& x) {
        if (x.why == nullptr)
          return host->keeper.answer_unjudged(*x.what);
        host->keeper.on(*x.why, *x.what);
      },
      [self, host](const await_latest& x) { host->take(self, x); },
      [self, host](tick_due) {
        host->timer_is_set = false;
        host->send_tick(self);
      },
      [self, host](const tick_judged& x) { host->on_judged(self, *x.answer); },
      [self, host](beat) { host->housekeep(self); },
  };
}

} // namespace signalbox
