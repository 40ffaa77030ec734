#include "storage/kafka_updates_topic.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

kafka_topic_facts good() {
  kafka_topic_facts out;
  out.partitions = 1;
  out.replication = 3;
  out.settings = updates_config({});
  return out;
}

topic_verdict with(const std::string& name, const std::string& value) {
  auto topic = good();
  topic.settings[name] = value;
  return judge_updates(topic);
}

bool names(const std::vector<std::string>& lines, const std::string& name) {
  return lines.size() == 1 && lines[0].starts_with(name) &&
         lines[0].find("kafka-configs --alter") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_updates_topic)

BOOST_AUTO_TEST_CASE(a_topic_of_changes_as_it_is_made_is_taken) {
  const auto x = judge_updates(good());
  BOOST_TEST(x.dangers.empty());
  BOOST_TEST(x.warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_drops_the_last_state_of_a_channel_is_refused) {
  for (const auto* policy : {"delete", "compact,delete", ""})
    BOOST_TEST(names(with("cleanup.policy", policy).dangers, "cleanup.policy"));
}

BOOST_AUTO_TEST_CASE(what_takes_a_channel_back_is_refused) {
  BOOST_TEST(names(with("unclean.leader.election.enable", "true").dangers,
                   "unclean.leader.election.enable"));
}

BOOST_AUTO_TEST_CASE(a_topic_too_narrow_for_a_changelog_is_refused) {
  BOOST_TEST(names(with("max.message.bytes", "4096").dangers, //
                   "max.message.bytes"));
}

BOOST_AUTO_TEST_CASE(changes_in_several_partitions_have_no_order) {
  auto topic = good();
  topic.partitions = 3;
  const auto x = judge_updates(topic);
  BOOST_REQUIRE_EQUAL(x.dangers.size(), 1u);
  BOOST_TEST(x.dangers[0].find("must have 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(changes_on_one_disk_alone_are_warned_of) {
  auto topic = good();
  topic.replication = 1;
  BOOST_TEST(judge_updates(topic).dangers.empty());
  BOOST_TEST(judge_updates(topic).warnings.size() == 1u);
  BOOST_TEST(names(with("min.insync.replicas", "1").warnings, //
                   "min.insync.replicas"));
}

BOOST_AUTO_TEST_CASE(how_a_missing_topic_of_changes_is_made_is_told) {
  const auto text = how_to_make_updates("a.b.updates.v1");
  BOOST_TEST(text.find("--topic a.b.updates.v1 --partitions 1") !=
             std::string::npos);
  for (auto& [name, value] : updates_config({}))
    BOOST_TEST(text.find(name + '=' + value) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
