#include "storage/kafka_topics.hpp"

#include <algorithm>

#include "tests/kafka/kafka_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

bool names(const std::vector<std::string>& lines, const std::string& what) {
  return std::any_of(lines.begin(), lines.end(), [&](auto& x) {
    return x.find(what) != std::string::npos;
  });
}

topic_verdict judge(const kafka_engine& x) {
  auto facts = kafka_topics{x.settings()}.describe(x.topic());
  BOOST_REQUIRE_MESSAGE(facts, facts.error().message);
  return judge_decisions(*facts);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_topics_suite)

BOOST_AUTO_TEST_CASE(a_topic_that_was_made_for_decisions_is_taken) {
  kafka_engine x;
  const auto verdict = judge(x);
  BOOST_TEST(verdict.dangers.empty());
  BOOST_TEST(names(verdict.warnings, "one replica"));
}

BOOST_AUTO_TEST_CASE(a_topic_is_made_once) {
  kafka_engine x;
  const auto again = kafka_topics{x.settings()}.create(
      x.topic(), {.replication = 1, .min_in_sync = 1}, {});
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error().code == errc::conflict);
}

BOOST_AUTO_TEST_CASE(too_few_brokers_for_the_replicas_are_told) {
  kafka_engine x;
  const auto made = kafka_topics{x.settings()}.create("test.other.v1", {}, {});
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().message.find("INVALID_REPLICATION_FACTOR") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(
    every_setting_that_loses_decisions_is_named_with_a_remedy) {
  const std::pair<const char*, const char*> dangers[] = {
      {"cleanup.policy", "compact"},
      {"retention.ms", "604800000"},
      {"retention.bytes", "1073741824"},
      {"message.timestamp.type", "CreateTime"},
      {"unclean.leader.election.enable", "true"},
      {"max.message.bytes", "100000"}};
  kafka_engine x;
  const kafka_topics topics{x.settings()};
  for (auto& [name, value] : dangers) {
    auto before = topics.describe(x.topic());
    BOOST_REQUIRE(before);
    auto changed = topics.change(x.topic(), {{name, value}});
    BOOST_REQUIRE_MESSAGE(changed, changed.error().message);
    const auto verdict = judge(x);
    BOOST_REQUIRE_MESSAGE(verdict.dangers.size() == 1, name);
    BOOST_TEST(verdict.dangers[0].find(name) != std::string::npos);
    BOOST_TEST(verdict.dangers[0].find("kafka-configs --alter") !=
               std::string::npos);
    BOOST_REQUIRE(topics.change(x.topic(), {{name, before->settings[name]}}));
  }
  BOOST_TEST(judge(x).dangers.empty());
}

BOOST_AUTO_TEST_CASE(a_change_leaves_what_else_was_set) {
  kafka_engine x;
  const kafka_topics topics{x.settings()};
  BOOST_REQUIRE(topics.change(x.topic(), {{"segment.bytes", "2097152"}}));
  BOOST_REQUIRE(topics.change(x.topic(), {{"flush.messages", "7"}}));
  auto facts = topics.describe(x.topic());
  BOOST_REQUIRE(facts);
  BOOST_TEST(facts->own["segment.bytes"] == "2097152");
  BOOST_TEST(facts->own["flush.messages"] == "7");
  BOOST_TEST(facts->own["retention.ms"] == "-1");
}

BOOST_AUTO_TEST_CASE(brokers_that_do_not_answer_are_told_in_time) {
  kafka_settings nobody;
  nobody.client["bootstrap.servers"] = "127.0.0.1:1";
  const auto facts = kafka_topics{nobody, std::chrono::seconds{2}}.describe(
      "a.b.decisions.v1");
  BOOST_REQUIRE(!facts);
  BOOST_CHECK(facts.error().code == errc::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
