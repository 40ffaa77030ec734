#include "storage/kafka_log.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/storage/log_steps.hpp"
#include "tests/storage/mock_brokers.hpp"
#include "tests/temporary_directory.hpp"

// What a log makes of leaders that behave strangely.

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

struct watch_world {
  temporary_directory place;
  std::unique_ptr<mock_brokers> brokers = std::make_unique<mock_brokers>();
  std::unique_ptr<kafka_log> log;

  void open(result<rocksdb_database::pointer> database) {
    log = kafka_log::open({.settings = brokers->settings(),
                           .database = database.value(),
                           .patience = 5s,
                           .checks_settings = false})
              .value();
  }

  void create() {
    open(rocksdb_database::create({place.path() / "db"}));
    BOOST_REQUIRE(becomes(log_health::mode::writable, 30s));
  }

  void reopen() {
    log.reset();
    open(rocksdb_database::open({place.path() / "db"}));
  }

  /// Other brokers, with these records in a topic of the same name.
  void exchange_brokers(const std::vector<std::string>& records) {
    log.reset();
    brokers = std::make_unique<mock_brokers>();
    write(records);
  }

  /// As another node does.
  void write(const std::vector<std::string>& records) const {
    const auto other =
        kafka_producer::open({brokers->settings(), mock_brokers::topic()})
            .value();
    std::size_t written = 0;
    for (auto& x : records)
      other->produce(as_bytes(x), {},
                     [&](auto& y) { written += y.has_value(); });
    for (const auto end = steady::now() + 30s;
         written < records.size() && steady::now() < end;
         std::this_thread::sleep_for(5ms))
      other->serve();
    BOOST_REQUIRE_EQUAL(written, records.size());
  }

  log_health::mode state() const { return log->health().state; }

  /// Serves until the log is in this state, or the time is up.
  bool becomes(log_health::mode wanted, steady::duration within) {
    for (const auto end = steady::now() + within;
         state() != wanted && steady::now() < end;) {
      log->serve();
      std::this_thread::sleep_for(5ms);
    }
    return state() == wanted;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_log_watch_suite, watch_world)

BOOST_AUTO_TEST_CASE(a_topic_that_was_cut_is_lost) {
  create();
  append(*log, {"a", "b", "c"});
  exchange_brokers({"a", "b"});
  reopen();
  BOOST_TEST(becomes(log_health::mode::lost, 30s));
}

BOOST_AUTO_TEST_CASE(a_leader_that_does_not_know_its_end_yet_has_lost_nothing) {
  create();
  append(*log, {"a", "b", "c"});
  exchange_brokers({"a", "b"});
  brokers->know_ends(false);
  reopen();
  // Far longer than a topic that was cut takes.
  BOOST_TEST(!becomes(log_health::mode::lost, 8s));
  const auto why = log->health();
  BOOST_CHECK(why.state == log_health::mode::read_only);
  BOOST_TEST(why.reason.find("does not know its end") != why.reason.npos,
             why.reason);
  // It turns out to have it all.
  write({"c"});
  brokers->know_ends(true);
  BOOST_TEST(becomes(log_health::mode::writable, 30s));
}

BOOST_AUTO_TEST_CASE(a_start_outlives_a_leader_that_goes_away) {
  brokers = std::make_unique<mock_brokers>(2);
  create();
  append(*log, {"a", "b", "c"});
  reopen();
  // Who leads now is known only after the one before was asked in vain.
  brokers->set_down(true);
  auto elected = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(2s);
    brokers->lead(2);
  });
  const auto caught_up = log->catch_up(nullptr);
  BOOST_REQUIRE_MESSAGE(caught_up, caught_up.error().message);
  BOOST_TEST(to_integer(log->end()) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
