#include "actors/runtime.hpp"

#include "actors/appender.hpp"
#include "actors/ledger.hpp"
#include "actors/linear_readers.hpp"
#include "actors/proposer.hpp"
#include "actors/shared_appender.hpp"
#include "actors/supervisor.hpp"

#include <atomic>
#include <future>

#include <caf/all.hpp>

namespace signalbox {

namespace {

struct system_config : caf::actor_system_config {
  explicit system_config(std::size_t threads) {
    add_message_types<caf::id_block::signalbox>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", std::size_t{64});
  }
};

/// Raised by whichever start of the ledger comes first to an end.
class start_signal {
 public:
  void raise() {
    if (!raised_.exchange(true))
      promise_.set_value();
  }

  void wait() { promise_.get_future().wait(); }

 private:
  std::atomic<bool> raised_{false};
  std::promise<void> promise_;
};

std::chrono::steady_clock::time_point steady_now() {
  return std::chrono::steady_clock::now();
}

} // namespace

struct runtime::world {
  explicit world(std::size_t threads) : config{threads}, system{config} {}

  system_config config;
  caf::actor_system system;
  supervisor_actor root;
};

runtime::runtime(runtime_config config)
    : config_{std::move(config)}, directory_{
                                      std::make_shared<actor_directory>()} {}

runtime::~runtime() {
  stop();
}

result<void> runtime::start() {
  world_ = std::make_unique<world>(config_.threads);
  auto* w = world_.get();
  auto started = std::make_shared<start_signal>();
  auto spawn_ledger = [this, started](supervisor_actor::pointer self) {
    ledger_config x{config_.log,       config_.store,  view_,
                    status_,           config_.head,   config_.node,
                    config_.head_life, config_.writes, config_.wall_clock,
                    steady_now,        config_.warn,   config_.progress,
                    config_.exchange,  config_.shared};
    auto spawn_appender = [this](ledger_actor::pointer ledger) {
      if (config_.shared != nullptr)
        return appender_actor{ledger->spawn<caf::detached + caf::linked>(
            shared_appender,
            shared_appender_config{*config_.shared, writer_, status_},
            ledger_actor{ledger})};
      return ledger->spawn<caf::detached + caf::linked>(
          appender,
          appender_config{config_.log, writer_, status_, config_.wall_clock},
          ledger_actor{ledger});
    };
    return self->spawn([x, spawn_appender, started](ledger_actor::pointer me) {
      try {
        return ledger(me, x, spawn_appender, [started] { started->raise(); });
      } catch (...) {
        started->raise(); // the main thread must not wait for what is no more
        throw;
      }
    });
  };
  auto directory = directory_;
  auto spawn_proposer = [this, directory](supervisor_actor::pointer self) {
    return self->spawn(proposer,
                       proposer_config{view_, config_.wall_clock, steady_now},
                       [directory] { return directory->ledger(); });
  };
  w->root = w->system.spawn(supervisor,
                            supervisor_config{spawn_ledger, spawn_proposer,
                                              config_.threads, directory,
                                              status_, config_.warn});
  started->wait();
  if (auto problem = status_.read_problem(); !problem.empty())
    return failure{errc::unavailable, problem};
  return {};
}

void runtime::stop() {
  if (world_ == nullptr)
    return;
  caf::anon_send_exit(world_->root, caf::exit_reason::user_shutdown);
  world_->root = nullptr;
  world_.reset(); // blocks until every actor is gone
}

void runtime::submit(std::shared_ptr<command> x) {
  // A command that finds no proposer concludes itself when it is dropped.
  if (auto to = directory_->proposer_for(x->lane))
    caf::anon_send(to, execute{std::move(x)});
}

void runtime::find(const event_id& id, std::shared_ptr<answer_once> answer) {
  if (auto to = directory_->ledger())
    caf::anon_send(to, find_command{id, std::move(answer)});
}

void runtime::find_for_good(const event_id& id,
                            std::shared_ptr<answer_once> answer) {
  if (auto to = directory_->ledger())
    caf::anon_send(to, find_command{id, std::move(answer), true});
}

void runtime::await_latest(std::function<void(result<void>)> then) {
  auto who = std::make_shared<linear_reader>(std::move(then));
  if (auto to = directory_->ledger())
    caf::anon_send(to, signalbox::await_latest{std::move(who)});
}

} // namespace signalbox
