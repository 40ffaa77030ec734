#include "actors/runtime.hpp"

#include "storage/memory_log.hpp"
#include "storage/memory_state_store.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "tests/actors/machine.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

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
