#include "storage/kafka_log.hpp"

#include "tests/kafka/kafka_engine.hpp"
#include "tests/kafka/stranger.hpp"
#include "tests/storage/log_contract.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(kafka_log_contract)

SIGNALBOX_LOG_CONTRACT(kafka_engine)
SIGNALBOX_DURABLE_LOG_CONTRACT(kafka_engine)

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A topic that keeps the times of its writers, as one does that is copied to.
struct copied_engine : kafka_engine {
  copied_engine() : kafka_engine{kafka_timestamps::create} {}
};

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

/// Otherwise every node that reads it would stop there, and each new one.
BOOST_AUTO_TEST_CASE(what_unpacks_to_more_than_the_limit_is_not_taken) {
  kafka_engine x;
  append(x.log(), {"a"});
  stranger{one_broker().bootstrap()}.produce_packed(x.topic(), 8 << 20);
  append(x.log(), {"b"});
  check_same(read_texts(x.log()), {"a", "b"});
}

BOOST_AUTO_TEST_SUITE_END()
