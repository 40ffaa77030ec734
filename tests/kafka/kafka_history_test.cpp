#include "storage/kafka_log.hpp"

#include "tests/kafka/kafka_engine.hpp"
#include "tests/kafka/stranger.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

/// Serves the log until this holds; false if it never does.
bool serves_until(kafka_log& log, const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!holds() && std::chrono::steady_clock::now() < deadline) {
    log.serve();
    std::this_thread::sleep_for(5ms);
  }
  return holds();
}

bool is_lost(const kafka_log& log) {
  return log.health().state == log_health::mode::lost;
}

/// The log was not opened, since its topic is not what it was.
void check_changed(const result<void>& opened) {
  BOOST_REQUIRE(!opened);
  BOOST_CHECK(opened.error().code == errc::history_changed);
}

/// It finds out that it is lost, and is not written any more.
void check_lost(kafka_log& log) {
  BOOST_TEST(serves_until(log, [&] { return is_lost(log); }));
  BOOST_CHECK(refusal(log, "late").code == errc::read_only);
}

void drop_before(const kafka_engine& x, std::int64_t offset) {
  stranger{one_broker().bootstrap()}.drop_before(x.topic(), 0, offset);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_history)

BOOST_AUTO_TEST_CASE(two_logs_on_one_topic_number_alike) {
  kafka_engine first;
  kafka_engine second{first};
  append(first.log(), {"a", "b"});
  append(second.log(), {"c"});
  append(first.log(), {"d"});
  BOOST_TEST(serves_until(second.log(),
                          [&] { return second.log().end() == log_index{4}; }));
  check_same(read_texts(first.log()), {"a", "b", "c", "d"});
  check_same(read_texts(second.log()), {"a", "b", "c", "d"});
}

BOOST_AUTO_TEST_CASE(a_record_of_nothing_takes_an_index) {
  kafka_engine x;
  append(x.log(), {"a"});
  stranger{one_broker().bootstrap()}.produce_null(x.topic());
  append(x.log(), {"c"});
  check_same(read_texts(x.log()), {"a", "", "c"});
}

BOOST_AUTO_TEST_CASE(an_open_transaction_of_a_stranger_hides_nothing) {
  kafka_engine x;
  append(x.log(), {"a"});
  stranger other{one_broker().bootstrap()};
  other.begin(x.topic(), "b");
  append(x.log(), {"c"});
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

BOOST_AUTO_TEST_CASE(marks_of_transactions_make_holes_only_in_offsets) {
  kafka_engine x;
  append(x.log(), {"a"});
  stranger other{one_broker().bootstrap()};
  other.begin(x.topic(), "b");
  other.finish(stranger::ending::commit);
  other.begin(x.topic(), "c");
  other.finish(stranger::ending::abort);
  BOOST_TEST(to_integer(append(x.log(), {"d"})) == 3u);
  check_same(read_texts(x.log()), {"a", "b", "c", "d"});
  x.reopen();
  check_same(read_texts(x.log()), {"a", "b", "c", "d"});
  BOOST_TEST(to_integer(append(x.log(), {"e"})) == 4u);
}

BOOST_AUTO_TEST_CASE(a_topic_made_anew_is_noticed_at_a_start) {
  kafka_engine x;
  append(x.log(), {"a", "b"});
  x.close();
  x.make_anew({"x", "y", "z"});
  check_changed(x.try_open());
}

BOOST_AUTO_TEST_CASE(an_empty_topic_in_place_of_a_full_one_is_noticed) {
  kafka_engine x;
  append(x.log(), {"a", "b"});
  x.close();
  x.make_anew({});
  check_changed(x.try_open());
}

BOOST_AUTO_TEST_CASE(a_topic_that_differs_in_its_last_known_entry_is_noticed) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  x.close();
  x.make_anew({"a", "b", "other", "d"});
  check_changed(x.try_open());
}

BOOST_AUTO_TEST_CASE(a_topic_that_was_cut_is_noticed) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  x.close();
  x.make_anew({"a", "b"});
  check_changed(x.try_open());
}

BOOST_AUTO_TEST_CASE(a_topic_made_anew_is_noticed_while_running) {
  kafka_engine x;
  append(x.log(), {"a", "b"});
  x.make_anew({"x", "y", "z"});
  BOOST_TEST(serves_until(x.log(), [&] { return is_lost(x.log()); }));
  // What was followed stays readable, and nothing is written. A record that
  // came before it was noticed is void: it names another history.
  const auto kept = read_texts(x.log());
  BOOST_REQUIRE(kept.size() >= 2u);
  BOOST_TEST(kept[0] == "a");
  BOOST_TEST(kept[1] == "b");
  BOOST_CHECK(refusal(x.log(), "c").code == errc::read_only);
}

/// What is left begins as the copy does.
BOOST_AUTO_TEST_CASE(a_topic_that_was_cut_is_noticed_while_running) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  x.make_anew({"a", "b"});
  check_lost(x.log());
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

BOOST_AUTO_TEST_CASE(a_topic_without_its_beginning_is_noticed_at_a_start) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  x.close();
  drop_before(x, 1);
  check_changed(x.try_open());
}

BOOST_AUTO_TEST_CASE(a_topic_without_its_beginning_is_noticed_while_running) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  drop_before(x, 1);
  check_lost(x.log());
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

/// It would number what is left from 0.
BOOST_AUTO_TEST_CASE(a_topic_without_its_beginning_is_refused_by_a_new_node) {
  kafka_engine x;
  append(x.log(), {"a", "b", "c"});
  for (const auto first : {1, 3}) {
    drop_before(x, first);
    check_changed(x.try_open_anew());
    BOOST_TEST(read_texts(x.log()).empty());
    BOOST_CHECK(refusal(x.log(), "d").code == errc::read_only);
  }
}

BOOST_AUTO_TEST_CASE(the_copy_answers_without_a_broker_and_says_so) {
  kafka_engine x;
  append(x.log(), {"a", "b"});
  x.close();
  x.point_nowhere();
  const auto opened = x.try_open();
  BOOST_REQUIRE(!opened);
  BOOST_CHECK(opened.error().code == errc::unavailable);
  check_same(read_texts(x.log()), {"a", "b"});
  BOOST_CHECK(x.log().health().state == log_health::mode::read_only);
  BOOST_CHECK(refusal(x.log(), "c").code == errc::read_only);
}

BOOST_AUTO_TEST_CASE(a_dangerous_topic_is_refused_at_a_start) {
  kafka_engine x;
  append(x.log(), {"a"});
  x.close();
  BOOST_REQUIRE(kafka_topics{x.settings()}.change(
      x.topic(), {{"retention.ms", "1000000"}}));
  const auto opened = x.try_open();
  BOOST_REQUIRE(!opened);
  BOOST_CHECK(opened.error().code == errc::read_only);
  BOOST_TEST(opened.error().message.find("retention.ms") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dangerous_topic_is_refused_once_brokers_are_back) {
  kafka_engine x;
  append(x.log(), {"a"});
  x.close();
  BOOST_REQUIRE(kafka_topics{x.settings()}.change(
      x.topic(), {{"retention.ms", "1000000"}}));
  one_broker().kill(1);
  const auto opened = x.try_open();
  one_broker().restart(1);
  BOOST_REQUIRE(!opened);
  BOOST_CHECK(opened.error().code == errc::unavailable);
  BOOST_TEST(serves_until(x.log(), [&] { return is_lost(x.log()); }));
  BOOST_TEST(x.log().health().reason.find("retention.ms") != std::string::npos);
  BOOST_CHECK(refusal(x.log(), "b").code == errc::read_only);
}

BOOST_AUTO_TEST_SUITE_END()
