#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/appender.hpp"
#include "actors/command.hpp"
#include "actors/ledger.hpp"
#include "actors/proposer.hpp"
#include "actors/supervisor.hpp"
#include "tests/actors/keeper_world.hpp"

namespace signalbox::test {

/// How a command was concluded, and how often.
struct conclusions {
  std::vector<command::conclusion> all;

  bool accepted() const {
    return all.size() == 1 && !all[0].nothing && !all[0].answer.refused &&
           all[0].answer.result == outcome::accepted;
  }

  /// Why the one conclusion has no outcome; `bug` otherwise.
  errc refusal() const {
    return all.size() == 1 && all[0].answer.refused
               ? all[0].answer.refused->code
               : errc::bug;
  }

  /// A command of this context that prepares this.
  std::shared_ptr<command>
  make(command_context context,
       std::function<result<preparation>(const view&)> prepare) {
    auto out = std::make_shared<command>();
    out->context = std::move(context);
    out->prepare = std::move(prepare);
    out->conclude = [this](command::conclusion x) {
      all.push_back(std::move(x));
    };
    return out;
  }
};

/// Actors on one thread, in virtual time: nothing runs but in settle().
class actor_world : public node_parts {
 public:
  using node_parts::node_parts;

  /// An actor that is left over would block the end of the system for ever.
  ~actor_world() { stop(); }

  /// Runs until no actor has a message left.
  void settle() {
    while (scheduler_.try_run_once()) {
    }
  }

  /// Moves all clocks and runs what is due.
  void advance(std::chrono::milliseconds x) {
    pass(x);
    scheduler_.clock().current_time += x;
    scheduler_.clock().trigger_expired_timeouts();
    settle();
  }

  /// Moves on in small steps, so that what reschedules itself comes in order.
  void wait(std::chrono::milliseconds x) {
    constexpr std::chrono::milliseconds step{10};
    for (; x > step; x -= step)
      advance(step);
    advance(x);
  }

  /// Starts the supervisor with all below it.
  void start() {
    auto spawn_ledger = [this](supervisor_actor::pointer self) {
      ++ledger_starts;
      return self->spawn([this](ledger_actor::pointer me) {
        return ledger(
            me, config(),
            [this](ledger_actor::pointer to) {
              auto out = to->spawn<caf::linked>(
                  signalbox::appender,
                  appender_config{log, writer, status, [this] { return wall; }},
                  ledger_actor{to});
              appenders.push_back(out.address());
              return out;
            },
            [this] { ++ready; });
      });
    };
    auto spawn_proposer = [this](supervisor_actor::pointer self) {
      ++proposer_starts;
      return self->spawn(proposer,
                         proposer_config{shown, [this] { return wall; },
                                         [this] { return steady; }},
                         [to = directory] { return to->ledger(); });
    };
    root = system_.spawn(
        supervisor, supervisor_config{spawn_ledger, spawn_proposer, 2,
                                      directory, status, [this](std::string x) {
                                        warnings.push_back(std::move(x));
                                        if (warnings_throw)
                                          throw std::runtime_error("no room");
                                      }});
    settle();
  }

  void stop() {
    if (!root)
      return;
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    root = nullptr;
    settle();
  }

  caf::actor_system& system() { return system_; }

  void submit(std::shared_ptr<command> x) {
    if (auto to = directory->proposer_for(x->lane))
      caf::anon_send(to, execute{std::move(x)});
  }

  conclusions told; ///< lives when the last command is told of the stop
  std::shared_ptr<actor_directory> directory =
      std::make_shared<actor_directory>();
  supervisor_actor root;
  std::mutex writer;
  std::vector<caf::actor_addr> appenders;
  int ledger_starts = 0;
  int proposer_starts = 0;
  int ready = 0;
  bool warnings_throw = false;

 private:
  struct virtual_time : caf::actor_system_config {
    virtual_time() {
      add_message_types<caf::id_block::signalbox>();
      set("scheduler.policy", caf::atom("testing"));
    }
  };

  virtual_time settings_;
  caf::actor_system system_{settings_};
  caf::scheduler::test_coordinator& scheduler_ =
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
};

} // namespace signalbox::test
