#include "storage/kafka_log.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/kafka/kafka_engine.hpp"
#include "tests/kafka/stranger.hpp"
#include "tests/storage/faulty_engine.hpp"
#include "tests/storage/log_contract.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(kafka_log_contract)

SIGNALBOX_LOG_CONTRACT(kafka_engine)
SIGNALBOX_DURABLE_LOG_CONTRACT(kafka_engine)

BOOST_AUTO_TEST_SUITE_END()

namespace {

using texts = std::vector<std::string>;

/// What a node reads of its topic at a start: all texts from an entry on, or as
/// many as it wants.
texts read_at_start(signalbox::kafka_log& log, std::uint64_t from,
                    std::size_t most) {
  texts out;
  BOOST_REQUIRE(log.meet());
  BOOST_REQUIRE(log.read_through(log_index{from}, [&](const log_entry_view& x) {
    BOOST_REQUIRE_EQUAL(to_integer(x.index), from + out.size());
    out.emplace_back(as_text(x.record));
    return out.size() < most;
  }));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_log)

BOOST_AUTO_TEST_CASE(the_brokers_stamp_decisions_and_not_the_writer) {
  kafka_engine x;
  append(x.log(), {"a"}, timestamp{1});
  append(x.log(), {"b"}, timestamp{9'000'000'000'000});
  const auto all = read_from(x.log(), 0).entries;
  BOOST_REQUIRE_EQUAL(all.size(), 2u);
  BOOST_CHECK(all[0].time > noon);
  BOOST_CHECK(all[0].time <= all[1].time);
  BOOST_CHECK(all[1].time < timestamp{9'000'000'000'000});
}

BOOST_AUTO_TEST_CASE(a_start_reads_on_while_the_topic_is_copied) {
  kafka_engine x;
  texts all;
  const auto grow = [&](int n) {
    for (int i = 0; i < n; ++i) {
      all.push_back(std::to_string(all.size()) + std::string(500'000, 'x'));
      append(x.log(), {all.back()});
    }
  };
  grow(40);
  for (const auto most : {all.size() + 1, std::size_t{3}}) {
    temporary_directory dir;
    const auto open = [&](bool is_new) {
      const rocksdb_config place{dir.path() / "db"};
      return signalbox::kafka_log::open(
                 {.settings = x.settings(),
                  .database = (is_new ? rocksdb_database::create(place)
                                      : rocksdb_database::open(place))
                                  .value()})
          .value();
    };
    auto log = open(true);
    const auto first = read_at_start(*log, 0, most);
    BOOST_CHECK(first == texts(all.begin(),
                               all.begin() + static_cast<std::ptrdiff_t>(
                                                 std::min(most, all.size()))));
    log.reset();
    grow(2);
    log = open(false);
    BOOST_CHECK(read_at_start(*log, 7, all.size()) ==
                texts(all.begin() + 7, all.end()));
    BOOST_CHECK(read_texts(*log) == all);
  }
}

/// Neither as if all were there, nor for ever.
BOOST_AUTO_TEST_CASE(a_start_whose_disk_fails_ends_and_is_made_good) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  for (const bool reads_through : {true, false}) {
    faulty_engine disk;
    auto log = signalbox::kafka_log::open({.settings = x.settings(),
                                           .database = disk.engine.database(),
                                           .patience = std::chrono::seconds{3}})
                   .value();
    disk.fs->fail_appends = true;
    const auto copied = [&] {
      if (!reads_through)
        return log->catch_up(nullptr);
      if (auto met = log->meet(); !met)
        return met;
      return log->read_through(log_index{0}, [](auto&) { return true; });
    }();
    BOOST_REQUIRE(!copied);
    BOOST_CHECK(copied.error().code == errc::unavailable);
    disk.fs->fail_appends = false;
    BOOST_REQUIRE(log->catch_up(nullptr));
    check_same(read_texts(*log), {"a", "b", "c"});
  }
}

namespace {

/// Serves the log until it is so; the test ends if that takes too long.
template <class Condition>
void serve_until(signalbox::kafka_log& log, Condition is_so) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!is_so()) {
    BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
    log.serve();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

/// Another node of a ledger, whose disk fails from here on.
struct node_without_disk {
  faulty_engine disk;
  std::unique_ptr<signalbox::kafka_log> log;

  explicit node_without_disk(const kafka_settings& settings)
      : log{signalbox::kafka_log::open(
                {.settings = settings, .database = disk.engine.database()})
                .value()} {
    BOOST_REQUIRE(log->catch_up(nullptr));
    disk.fs->fail_appends = true;
  }
};

} // namespace

/// Else the node would go on in another history where the first entries of both
/// are the same.
BOOST_AUTO_TEST_CASE(a_topic_is_compared_up_to_what_is_not_written_yet) {
  kafka_engine x;
  append(x.log(), {"a", "b"});
  node_without_disk node{x.settings()};
  append(x.log(), {"c"});
  serve_until(*node.log, [&] { return to_integer(node.log->end()) == 3; });
  BOOST_TEST(to_integer(node.log->kept()) == 2u);
  x.make_anew({"a", "b", "d"});
  serve_until(*node.log, [&] {
    return node.log->health().state == log_health::mode::lost;
  });
  BOOST_TEST(node.log->health().reason.find("made anew") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_too_far_behind_holds_up_reading_alone) {
  kafka_engine x;
  append(x.log(), {"a"});
  node_without_disk node{x.settings()};
  const std::string large(700'000, 'x');
  std::uint64_t size = 1;
  for (; size * large.size() < 2 * kafka_unwritten_bytes; ++size)
    append(x.log(), {large});
  const auto deadline = std::chrono::steady_clock::now() + kafka_offline_after +
                        2 * kafka_pause_after;
  serve_until(*node.log,
              [&] { return std::chrono::steady_clock::now() > deadline; });
  const auto seen = to_integer(node.log->end());
  BOOST_TEST(seen > 1u);
  BOOST_TEST(seen < size);
  const auto health = node.log->health();
  BOOST_CHECK(health.state == log_health::mode::read_only);
  BOOST_TEST(health.reason.find("injected") != std::string::npos);
  node.disk.fs->fail_appends = false;
  serve_until(*node.log, [&] { return to_integer(node.log->end()) == size; });
  BOOST_CHECK(read_texts(*node.log) == read_texts(x.log()));
}

BOOST_AUTO_TEST_CASE(what_the_brokers_refuse_is_refused_and_not_in_doubt) {
  kafka_engine x;
  append(x.log(), {"a"});
  BOOST_REQUIRE(kafka_topics{x.settings()}.change(
      x.topic(), {{"max.message.bytes", "1000"}}));
  const auto refused = refusal(x.log(), std::string(2000, 'b'));
  BOOST_CHECK(refused.code == errc::read_only);
  BOOST_TEST(refused.message.find("refused the record") != std::string::npos);
  append(x.log(), {"c"});
  check_same(read_texts(x.log()), {"a", "c"});
}

BOOST_AUTO_TEST_CASE(records_that_leave_together_are_answered_each_for_itself) {
  kafka_engine x;
  const texts sent{"a", std::string(2'000'000, 'x'), "b"};
  texts told(sent.size());
  const auto all_told = [&] {
    return std::none_of(told.begin(), told.end(),
                        [](auto& y) { return y.empty(); });
  };
  for (std::size_t i = 0; i < sent.size(); ++i)
    x.log().produce(as_bytes(sent[i]), "key", [&, i](const result<void>& y) {
      told[i] = y ? "there" : to_string(y.error().code);
    });
  check_same(told, {"", "", ""}); // nothing leaves before serve()
  const auto deadline = std::chrono::steady_clock::now() + kafka_delivery_limit;
  while (!all_told() && std::chrono::steady_clock::now() < deadline) {
    x.log().serve();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  check_same(told, {"there", "too_large", "there"});
  append(x.log(), {"c"});
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

/// Otherwise every node that reads it would stop there, and each new one.
BOOST_AUTO_TEST_CASE(what_unpacks_to_more_than_the_limit_is_not_taken) {
  kafka_engine x;
  append(x.log(), {"a"});
  stranger{one_broker().bootstrap()}.produce_packed(x.topic(), 8 << 20);
  append(x.log(), {"b"});
  check_same(read_texts(x.log()), {"a", "b"});
}

BOOST_AUTO_TEST_SUITE_END()
