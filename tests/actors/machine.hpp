#pragma once

#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actors/runtime.hpp"
#include "events/record.hpp"
#include "storage/shared_log.hpp"
#include "tests/actors/keeper_world.hpp"

namespace signalbox::test {

using namespace std::chrono_literals;

/// Waits for what other threads do; a test that waits this long has failed.
inline constexpr auto patience = 60s;

/// Conclusions by command, from any thread.
class ledger_of_answers {
 public:
  std::shared_ptr<command> command_for(const principal_id& who,
                                       const principal_id& node,
                                       const std::string& key) {
    auto out = std::make_shared<command>();
    out->context.principal = who;
    out->context.node = node;
    out->context.key = key;
    out->context.request = sha256(as_bytes(key));
    out->prepare = [key](const view&) {
      proposal_draft draft;
      draft.body =
          event::principal_put{ledger_fixture::id<principal_id>(key),
                               static_cast<role_mask>(role::reader), true};
      draft.expected = {expectation::kind::none, 0};
      return result<preparation>{std::move(draft)};
    };
    out->conclude = [this, key](command::conclusion x) {
      std::lock_guard lock{mutex_};
      answers_[key].push_back(std::move(x.answer));
      ++total_;
      changed_.notify_all();
    };
    return out;
  }

  bool wait_for(std::size_t n) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return total_ >= n; });
  }

  std::map<std::string, std::vector<command_answer>> all() const {
    std::lock_guard lock{mutex_};
    return answers_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<command_answer>> answers_;
  std::size_t total_ = 0;
};

inline bool is_accepted(const command_answer& x) {
  return !x.refused && x.result == outcome::accepted;
}

inline runtime_config make_config(event_log& log, state_store& store,
                                  const principal_id& node, timestamp wall) {
  return {log,
          store,
          nullptr,
          nullptr,
          true,
          node,
          default_head_life,
          2,
          [wall] { return wall; },
          [](std::string) {},
          nullptr};
}

/// A runtime on real threads over a log that holds a ledger.
struct machine {
  event_log& log;
  state_store& store;
  shared_log* shared = nullptr; ///< the log, if it has other writers
  ready_ledger facts;
  ledger_of_answers answers;
  std::size_t throwing_warnings = 0; ///< the first so many
  std::mutex warnings_mutex;
  std::condition_variable warned;
  std::vector<std::string> warnings;
  std::unique_ptr<runtime> node; ///< last: calls into the above until it ends

  machine(event_log& l, state_store& s) : log{l}, store{s} {
    for (auto& x : facts.log) {
      byte_view record = x.envelope;
      log.append({&record, 1}, x.append_time).value();
    }
  }

  /// Founds a ledger on a log that others may join.
  machine(shared_log& l, state_store& s)
      : machine{static_cast<event_log&>(l), s} {
    shared = &l;
  }

  /// Joins the ledger that another machine has founded.
  machine(shared_log& l, state_store& s, const machine& founder)
      : log{l}, store{s}, shared{&l}, facts{founder.facts} {}

  result<void> try_start() {
    auto x = make_config(log, store, facts.node, facts.now + 1000);
    x.shared = shared;
    x.warn = [this](std::string line) {
      std::lock_guard lock{warnings_mutex};
      warnings.push_back(std::move(line));
      warned.notify_all();
      if (warnings.size() <= throwing_warnings)
        throw std::runtime_error("no room for a warning");
    };
    node = std::make_unique<runtime>(std::move(x));
    return node->start();
  }

  void start() {
    auto started = try_start();
    BOOST_REQUIRE_MESSAGE(started, started.error().message);
  }

  bool wait_for_warnings(std::size_t n) {
    std::unique_lock lock{warnings_mutex};
    return warned.wait_for(lock, patience,
                           [&] { return warnings.size() >= n; });
  }

  void submit(const std::string& key) {
    node->submit(answers.command_for(facts.administrator, facts.node, key));
  }

  /// n commands from four threads.
  void submit_many(std::size_t n) {
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([this, t, n] {
        for (std::size_t i = t; i < n; i += 4)
          submit("p" + std::to_string(i));
      });
    for (auto& x : threads)
      x.join();
  }

  event_id id_of(const std::string& key) const {
    return make_event_id(facts.ledger, facts.administrator, key);
  }

  /// How often each command stands in the log.
  std::map<event_id, int> logged() const {
    std::map<event_id, int> out;
    log.read(log_index{0},
             [&](const log_entry_view& x) {
               ++out[decode_envelope(envelope_of(x.record)).value().id];
               return true;
             })
        .value();
    return out;
  }

  /// What a running node knows of a command.
  command_answer find(const std::string& key) {
    auto told = std::make_shared<std::promise<command_answer>>();
    auto answer = told->get_future();
    node->find(id_of(key),
               std::make_shared<answer_once>([told](command_answer x) {
                 told->set_value(std::move(x));
               }));
    BOOST_REQUIRE(answer.wait_for(patience) == std::future_status::ready);
    return answer.get();
  }
};

} // namespace signalbox::test
