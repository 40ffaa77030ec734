#include "actors/supervisor.hpp"

#include "actors/defaults.hpp"

#include <caf/all.hpp>

namespace signalbox {

namespace d = actor_defaults;

ledger_actor actor_directory::ledger() const {
  std::lock_guard lock{mutex_};
  return ledger_;
}

proposer_actor actor_directory::proposer_for(std::string_view lane) const {
  std::lock_guard lock{mutex_};
  auto first = lane.empty() ? turn_++ : std::hash<std::string_view>{}(lane);
  for (std::size_t i = 0; i < proposers_.size(); ++i)
    if (auto& x = proposers_[(first + i) % proposers_.size()])
      return x;
  return proposer_actor();
}

void actor_directory::set_ledger(ledger_actor x) {
  std::lock_guard lock{mutex_};
  ledger_ = std::move(x);
}

void actor_directory::set_proposer(std::size_t place, proposer_actor x) {
  std::lock_guard lock{mutex_};
  if (proposers_.size() <= place)
    proposers_.resize(place + 1);
  proposers_[place] = std::move(x);
}

void actor_directory::clear() {
  std::lock_guard lock{mutex_};
  ledger_ = nullptr;
  proposers_.clear();
}

namespace {

/// The supervisor's children and its patience with them.
class nursery {
 public:
  nursery(supervisor_actor::pointer self, supervisor_config config)
      : self_{self}, config_{std::move(config)}, proposers_(config_.proposers) {
  }

  void start_missing() {
    // Another's respawn must not cut the ledger's delay short.
    if (!ledger_ && !given_up_ && self_->clock().now() >= ledger_due_)
      start_ledger();
    for (std::size_t i = 0; i < proposers_.size(); ++i)
      if (!proposers_[i])
        start_proposer(i);
  }

  void on_down(const caf::down_msg& down) {
    ++config_.status.restarts;
    if (ledger_ && down.source == ledger_.address())
      return ledger_down(down.reason);
    for (std::size_t i = 0; i < proposers_.size(); ++i)
      if (proposers_[i] && down.source == proposers_[i].address()) {
        proposers_[i] = nullptr;
        config_.directory->set_proposer(i, proposer_actor());
        config_.warn("a proposer crashed and is started again: " +
                     describe(down.reason));
        self_->delayed_send(self_, d::restart_delay, respawn{});
      }
  }

  /// However the supervisor ends: children that outlive it would keep the
  /// actor system from ever ending.
  void leave(const caf::error& reason) {
    if (reason != caf::exit_reason::user_shutdown)
      config_.status.set_ledger_problem("the supervisor crashed (" +
                                        describe(reason) +
                                        "): restart the node");
    stop_children(reason);
  }

 private:
  void stop_children(const caf::error& reason) {
    config_.directory->clear();
    for (auto& x : proposers_)
      if (x)
        self_->send_exit(x, reason);
    if (ledger_)
      self_->send_exit(ledger_, reason);
  }

  void start_ledger() {
    started_ = self_->clock().now();
    ledger_ = config_.spawn_ledger(self_);
    self_->monitor(ledger_);
    config_.directory->set_ledger(ledger_);
  }

  void start_proposer(std::size_t place) {
    proposers_[place] = config_.spawn_proposer(self_);
    self_->monitor(proposers_[place]);
    config_.directory->set_proposer(place, proposers_[place]);
  }

  void ledger_down(const caf::error& reason) {
    ledger_ = nullptr;
    config_.directory->set_ledger(ledger_actor());
    if (self_->clock().now() - started_ > d::forgive_after) {
      crashes_ = 0;
      delay_ = d::restart_delay;
    }
    auto text = "the ledger crashed: " + describe(reason);
    if (++crashes_ > d::max_restarts) {
      given_up_ = true;
      text += "; given up after " + std::to_string(d::max_restarts) +
              " restarts: see the log and restart the node";
    }
    config_.status.set_ledger_problem(text);
    config_.warn(text);
    if (given_up_)
      return;
    ledger_due_ = self_->clock().now() + delay_;
    self_->delayed_send(self_, delay_, respawn{});
    delay_ = std::min<std::chrono::milliseconds>(delay_ * 2,
                                                 d::restart_delay_ceiling);
  }

  std::string describe(const caf::error& x) const {
    return self_->system().render(x);
  }

  supervisor_actor::pointer self_;
  supervisor_config config_;
  ledger_actor ledger_;
  std::vector<proposer_actor> proposers_;
  std::size_t crashes_ = 0;
  std::chrono::milliseconds delay_ = d::restart_delay;
  caf::actor_clock::time_point started_{};
  caf::actor_clock::time_point ledger_due_{};
  bool given_up_ = false;
};

} // namespace

supervisor_actor::behavior_type supervisor(supervisor_actor::pointer self,
                                           supervisor_config config) {
  auto children = std::make_shared<nursery>(self, std::move(config));
  self->set_down_handler(
      [children](caf::scheduled_actor*, const caf::down_msg& x) {
        children->on_down(x);
      });
  self->attach_functor([children](const caf::error& x) { children->leave(x); });
  children->start_missing();
  return {[children](respawn) { children->start_missing(); }};
}

} // namespace signalbox
