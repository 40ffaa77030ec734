#include "actors/runtime.hpp"

#include "actors/appender.hpp"
#include "actors/ledger.hpp"
#include "actors/proposer.hpp"
#include "actors/supervisor.hpp"

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

std::chrono::steady_clock::time_point steady_now() {
  return std::chrono::steady_clock::now();
}

} // namespace

struct runtime::world {
  explicit world(std::size_t threads) : config{threads}, system{config} {}

  system_config config;
  caf::actor_system system;
  std::shared_ptr<actor_directory> directory =
      std::make_shared<actor_directory>();
  supervisor_actor root;
};

runtime::runtime(runtime_config config) : config_{std::move(config)} {}

runtime::~runtime() {
  stop();
}

result<void> runtime::start() {
  world_ = std::make_unique<world>(config_.threads);
  auto* w = world_.get();
  auto ready = std::make_shared<std::promise<void>>();
  auto started = ready->get_future();
  auto spawn_ledger = [this, ready](supervisor_actor::pointer self) mutable {
    ledger_config x{config_.log,       config_.store, view_,
                    status_,           config_.head,  config_.node,
                    config_.head_life, true,          config_.wall_clock,
                    steady_now,        config_.warn,  config_.progress};
    auto spawn_appender = [this](ledger_actor::pointer ledger) {
      return ledger->spawn<caf::detached + caf::linked>(
          appender, appender_config{config_.log, status_, config_.wall_clock},
          ledger_actor{ledger});
    };
    // The behavior function recovers before it returns; the first start tells
    // the waiting main thread.
    auto first = std::exchange(ready, nullptr);
    return self->spawn([x, spawn_appender, first](ledger_actor::pointer me) {
      auto out = ledger(me, x, spawn_appender);
      if (first)
        first->set_value();
      return out;
    });
  };
  auto directory = w->directory;
  auto spawn_proposer = [this, directory](supervisor_actor::pointer self) {
    return self->spawn(proposer,
                       proposer_config{view_, config_.wall_clock, steady_now},
                       [directory] { return directory->ledger(); });
  };
  w->root = w->system.spawn(supervisor,
                            supervisor_config{spawn_ledger, spawn_proposer,
                                              config_.threads, directory,
                                              status_, config_.warn});
  started.wait();
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
  if (auto to = world_->directory->proposer_for(x->lane))
    caf::anon_send(to, execute{std::move(x)});
}

void runtime::find(const event_id& id, std::shared_ptr<answer_once> answer) {
  if (auto to = world_->directory->ledger())
    caf::anon_send(to, find_command{id, std::move(answer)});
}

} // namespace signalbox
