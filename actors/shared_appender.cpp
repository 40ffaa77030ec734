#include "actors/shared_appender.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <caf/all.hpp>

#include "actors/defaults.hpp"
#include "events/fault.hpp"

namespace signalbox {

namespace {

/// The appender without its actor's behaviour.
class log_user {
 public:
  log_user(shared_appender_actor::pointer self, shared_appender_config config,
           ledger_actor follower)
      : self_{self}, config_{config}, follower_{std::make_shared<ledger_actor>(
                                          std::move(follower))} {}

  void send(const std::vector<std::shared_ptr<const proposal>>& group) {
    {
      std::lock_guard alone{config_.user};
      for (auto& x : group)
        send(x);
    }
    serve();
  }

  void serve() {
    bool grown = false;
    bool holds_back = false;
    {
      std::lock_guard alone{config_.user};
      grown = config_.log.serve();
      holds_back = config_.log.holds_back();
    }
    auto health = config_.log.health();
    config_.status.set_log_problem(
        health.state == log_health::mode::writable ? "" : health.reason);
    config_.status.log_end = to_integer(config_.log.end());
    date_view();
    if (grown)
      caf::anon_send(*follower_, advanced{config_.log.end()});
    if (holds_back)
      arm();
  }

  void on_held_back_due() {
    timer_is_set_ = false;
    serve();
  }

  void leave() { config_.log.listen(nullptr); }

 private:
  /// What is held back leaves in time, though nothing wakes for that.
  void arm() {
    if (std::exchange(timer_is_set_, true))
      return;
    self_->delayed_send(self_, actor_defaults::held_back_check,
                        held_back_due{});
  }

  void send(const std::shared_ptr<const proposal>& x) {
    // The answer may come after this actor: nobody is told then.
    config_.log.produce(
        x->record, x->aggregate,
        [x, to = std::weak_ptr{follower_},
         &status = config_.status](const result<void>& done) {
          if (done)
            return tell_delivered(to, x);
          auto ledger = to.lock();
          if (!ledger)
            return; // the node is gone, and its status with it
          ++status.append_failures;
          caf::anon_send(*ledger, append_failed{x, std::make_shared<failure>(
                                                       done.error())});
        });
  }

  /// The view of a fold that stopped is as old as the first entry that it
  /// lacks, though the log is read on.
  void date_view() {
    auto at = config_.log.current_at();
    if (!config_.status.read_problem().empty())
      at = std::min(at, written_at(log_index{config_.status.folded.load()}));
    config_.status.set_current_at(at);
  }

  /// When the log took an entry; in the end of time if it has none.
  std::chrono::steady_clock::time_point written_at(log_index index) const {
    using std::chrono::steady_clock;
    auto out = steady_clock::time_point::max();
    // What cannot be read is told by the log's health.
    (void)config_.log.read(index, [&](const log_entry_view& x) {
      const auto age = std::chrono::system_clock::now().time_since_epoch() -
                       std::chrono::milliseconds{to_integer(x.append_time)};
      out = steady_clock::now() -
            std::chrono::duration_cast<steady_clock::duration>(age);
      return false;
    });
    return out;
  }

  /// Nothing follows from a delivery: the fold is to judge.
  static void tell_delivered(const std::weak_ptr<ledger_actor>& to,
                             const std::shared_ptr<const proposal>& x) {
    if (!is_due(fault::answer_on_delivery))
      return;
    if (auto ledger = to.lock())
      caf::anon_send(*ledger, append_failed{x, nullptr});
  }

  shared_appender_actor::pointer self_;
  shared_appender_config config_;
  std::shared_ptr<ledger_actor> follower_;
  bool timer_is_set_ = false;
};

} // namespace

shared_appender_actor::behavior_type
shared_appender(shared_appender_actor::pointer self,
                shared_appender_config config, ledger_actor follower) {
  auto user = std::make_shared<log_user>(self, config, std::move(follower));
  self->attach_functor([user](const caf::error&) { user->leave(); });
  config.log.listen(
      [to = shared_appender_actor{self}] { caf::anon_send(to, woken{}); });
  return {
      [user](const append& x) { user->send(x.what); },
      [user](flush) { user->serve(); },
      [user](held_back_due) { user->on_held_back_due(); },
      [user](woken) { user->serve(); },
  };
}

} // namespace signalbox
