#include "actors/runtime.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "events/record.hpp"
#include "storage/memory_log.hpp"
#include "storage/memory_state_store.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "tests/actors/keeper_world.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

/// Waits for what other threads do; a test that waits this long has failed.
constexpr auto patience = 60s;

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

bool is_accepted(const command_answer& x) {
  return !x.refused && x.result == outcome::accepted;
}

runtime_config make_config(event_log& log, state_store& store,
                           const principal_id& node, timestamp wall) {
  return {log,
          store,
          nullptr,
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

  result<void> try_start() {
    auto x = make_config(log, store, facts.node, facts.now + 1000);
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

struct in_memory {
  memory_log log;
  memory_state_store store;
  machine on{log, store};
};

struct on_disk {
  rocksdb_engine engine;
  rocksdb_state_store store{engine.database()};
  machine on{engine.log(), store};
};

template <class Place>
void check_concurrent_commands() {
  constexpr std::size_t n = 200;
  Place place;
  auto& x = place.on;
  x.start();
  x.submit_many(n);
  BOOST_REQUIRE(x.answers.wait_for(n));
  x.node->stop();
  auto logged = x.logged();
  auto answers = x.answers.all();
  BOOST_CHECK_EQUAL(answers.size(), n);
  for (auto& [key, told] : answers) {
    BOOST_REQUIRE_EQUAL(told.size(), 1U);
    BOOST_CHECK(is_accepted(told[0]));
    BOOST_CHECK_EQUAL(logged[x.id_of(key)], 1);
  }
}

template <class Place>
void check_stop_in_flight() {
  constexpr std::size_t n = 200;
  Place place;
  auto& x = place.on;
  x.start();
  std::thread writers{[&] { x.submit_many(n); }};
  BOOST_REQUIRE(x.answers.wait_for(5)); // in the midst of it
  x.node->stop();
  writers.join();
  BOOST_REQUIRE(x.answers.wait_for(n));
  auto answers = x.answers.all();
  x.start();
  for (auto& [key, told] : answers) {
    BOOST_REQUIRE_EQUAL(told.size(), 1U);
    auto now = x.find(key);
    if (is_accepted(told[0]))
      BOOST_CHECK(is_accepted(now)); // nothing acknowledged is lost
    else if (told[0].refused->code == errc::unavailable)
      // "Never sent" is a promise too.
      BOOST_CHECK(now.refused && now.refused->code == errc::not_found);
    else
      BOOST_CHECK_EQUAL(told[0].refused->code, errc::pending);
  }
  x.node->stop();
}

} // namespace

BOOST_AUTO_TEST_SUITE(runtime_suite)

BOOST_AUTO_TEST_CASE(concurrent_commands_are_each_concluded_once_in_memory) {
  check_concurrent_commands<in_memory>();
}

BOOST_AUTO_TEST_CASE(concurrent_commands_are_each_concluded_once_on_disk) {
  check_concurrent_commands<on_disk>();
}

BOOST_AUTO_TEST_CASE(a_stop_in_flight_loses_nothing_acknowledged_in_memory) {
  check_stop_in_flight<in_memory>();
}

BOOST_AUTO_TEST_CASE(a_stop_in_flight_loses_nothing_acknowledged_on_disk) {
  check_stop_in_flight<on_disk>();
}

BOOST_AUTO_TEST_CASE(a_start_brings_the_logs_clock_up_before_it_returns) {
  in_memory x;
  x.on.start();
  auto seen = x.on.node->view().load()->data;
  BOOST_CHECK(seen->log_time == x.on.facts.now + 1000);
  BOOST_CHECK_EQUAL(x.on.node->status().write_problem(), "");
}

BOOST_AUTO_TEST_CASE(a_log_without_a_ledger_is_refused_with_advice) {
  memory_log empty;
  memory_state_store store;
  runtime node{make_config(empty, store, {}, timestamp{1'800'000'000'000})};
  auto started = node.start();
  BOOST_REQUIRE(!started);
  BOOST_CHECK(started.error().message.find("signalbox ledger create") !=
              std::string::npos);
  node.stop();
}

BOOST_AUTO_TEST_CASE(an_engine_that_throws_at_start_does_not_hang_it) {
  faulty_log log;
  memory_state_store store;
  machine x{log, store};
  log.crash_reads = 1;
  auto started = x.try_start();
  BOOST_REQUIRE(!started);
  BOOST_CHECK(started.error().message.find("the engine broke") !=
              std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_dies_at_its_birth_does_not_hang_the_start) {
  faulty_log log;
  memory_state_store store;
  machine x{log, store};
  log.crash_reads = 1;
  x.throwing_warnings = 1;
  BOOST_CHECK(!x.try_start());
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_dies_hangs_neither_start_nor_stop) {
  faulty_log log;
  memory_state_store store;
  machine x{log, store};
  log.crash_reads = 1;
  x.throwing_warnings = 2; // the ledger's, then the supervisor's about it
  BOOST_CHECK(!x.try_start());
  BOOST_CHECK(x.wait_for_warnings(2));
}

BOOST_AUTO_TEST_CASE(an_engine_that_throws_at_the_first_write_does_not_hang) {
  faulty_log log;
  memory_state_store store;
  machine x{log, store};
  log.on_append = faulty_log::fault::crash;
  (void)x.try_start(); // recovered: whether the crash shows yet is a race
  x.submit("ann");
  BOOST_REQUIRE(x.answers.wait_for(1));
  BOOST_CHECK(!is_accepted(x.answers.all()["ann"].at(0)));
}

BOOST_AUTO_TEST_CASE(commands_before_a_start_and_after_a_stop_are_concluded) {
  in_memory x;
  x.on.start();
  x.on.node->stop();
  x.on.node->stop();
  x.on.submit("ann");
  BOOST_REQUIRE(x.on.answers.wait_for(1));
  BOOST_CHECK_EQUAL(x.on.answers.all()["ann"].at(0).refused->code,
                    errc::unavailable);
  BOOST_CHECK(x.on.find("ann").refused.has_value());
}

BOOST_AUTO_TEST_CASE(a_log_never_has_two_writers) {
  faulty_log log;
  memory_state_store store;
  machine x{log, store};
  x.start();
  std::promise<void> entered, may_leave;
  auto leave = may_leave.get_future().share();
  std::atomic<int> entries{0};
  std::mutex mutex;
  std::condition_variable second_writer;
  log.in_append = [&] {
    if (entries.fetch_add(1) == 0) {
      entered.set_value();
      leave.wait();
    } else {
      std::lock_guard lock{mutex};
      second_writer.notify_all();
    }
  };
  x.submit("ann");
  entered.get_future().wait(); // an appender hangs in its fsync
  auto before = x.node->view().generation();
  log.crash_reads = 1;
  log.slip_in(as_bytes(std::string{"noise"}), x.facts.now);
  // The next beat reads, and crashes; the next ledger has an own appender.
  auto until = std::chrono::steady_clock::now() + patience;
  while (x.node->view().generation() == before &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  BOOST_CHECK_EQUAL(x.node->status().restarts.load(), 1U);
  {
    // Its tick is sent; a second writer would be there within this time.
    std::unique_lock lock{mutex};
    BOOST_CHECK(!second_writer.wait_for(lock, 200ms,
                                        [&] { return entries.load() > 1; }));
  }
  may_leave.set_value();
  x.submit("bob");
  BOOST_REQUIRE(x.answers.wait_for(2));
  BOOST_CHECK(!log.had_two_writers);
  BOOST_CHECK(is_accepted(x.answers.all()["bob"].at(0)));
  BOOST_CHECK(is_accepted(x.find("ann"))); // told pending, appended, found
}

BOOST_AUTO_TEST_SUITE_END()
