#include "storage/kafka_decisions.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

kafka_topic_facts good() {
  kafka_topic_facts out;
  out.partitions = 1;
  out.replication = 3;
  out.settings = decisions_config({});
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_decisions_suite)

BOOST_AUTO_TEST_CASE(what_is_made_is_taken) {
  const auto x = judge_decisions(good());
  BOOST_TEST(x.dangers.empty());
  BOOST_TEST(x.warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_copied_into_takes_no_decisions) {
  constexpr auto copied = kafka_timestamps::create;
  auto topic = good();
  topic.settings = decisions_config({}, copied);
  BOOST_TEST(judge_decisions(topic).dangers.size() == 1u);
  BOOST_TEST(judge_decisions(topic, copied).dangers.empty());
  BOOST_TEST(judge_decisions(good(), copied).dangers.size() == 1u);
  for (auto& [name, value] : take_decisions_config())
    topic.settings[name] = value;
  BOOST_TEST(judge_decisions(topic).dangers.empty());
}

BOOST_AUTO_TEST_CASE(one_partition_is_the_order) {
  auto topic = good();
  topic.partitions = 2;
  BOOST_TEST(judge_decisions(topic).dangers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_replica_in_sync_of_several_is_a_danger) {
  auto topic = good();
  topic.settings["min.insync.replicas"] = "1";
  BOOST_TEST(judge_decisions(topic).dangers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_replica_is_as_safe_as_one_machine) {
  auto topic = good();
  topic.replication = 1;
  topic.settings["min.insync.replicas"] = "1";
  const auto x = judge_decisions(topic);
  BOOST_TEST(x.dangers.empty());
  BOOST_TEST(x.warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(records_that_may_unpack_are_warned_of) {
  auto topic = good();
  topic.settings["compression.type"] = "producer";
  BOOST_TEST(judge_decisions(topic).dangers.empty());
  BOOST_TEST(judge_decisions(topic).warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(records_that_no_disk_may_have_yet_are_warned_of) {
  auto topic = good();
  topic.settings = decisions_config({.flush_messages = 0});
  for (auto* value : {"9223372036854775807", "2"}) {
    topic.settings["flush.messages"] = value;
    const auto x = judge_decisions(topic);
    BOOST_TEST(x.dangers.empty());
    BOOST_REQUIRE(x.warnings.size() == 1u);
    for (auto part : {std::string{value}, std::string{"flush.messages=1"}})
      BOOST_TEST(x.warnings[0].find(part) != std::string::npos, x.warnings[0]);
  }
}

BOOST_AUTO_TEST_CASE(replicas_that_must_all_be_there_are_warned_of) {
  auto topic = good();
  topic.settings["min.insync.replicas"] = "3";
  BOOST_TEST(judge_decisions(topic).warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_setting_that_is_not_told_is_a_danger) {
  for (auto* name : {"cleanup.policy", "retention.ms", "retention.bytes",
                     "message.timestamp.type", "unclean.leader.election.enable",
                     "max.message.bytes", "min.insync.replicas"}) {
    auto topic = good();
    topic.settings.erase(name);
    BOOST_TEST(judge_decisions(topic).dangers.size() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
