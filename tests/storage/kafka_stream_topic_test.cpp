#include "storage/kafka_stream_topic.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

constexpr std::int64_t keep = 30LL * 24 * 3'600'000;

kafka_topic_facts good() {
  kafka_topic_facts out;
  out.partitions = default_report_partitions;
  out.replication = 3;
  out.settings = stream_config({}, keep);
  return out;
}

topic_verdict with(const std::string& name, const std::string& value) {
  auto topic = good();
  topic.settings[name] = value;
  return judge_stream(topic, keep);
}

bool names(const std::vector<std::string>& lines, const std::string& name) {
  return lines.size() == 1 && lines[0].starts_with(name) &&
         lines[0].find("kafka-configs --alter") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_stream_topic)

BOOST_AUTO_TEST_CASE(a_topic_as_it_is_made_is_taken_nfr8) {
  const auto x = judge_stream(good(), keep);
  BOOST_TEST(x.dangers.empty());
  BOOST_TEST(x.warnings.empty());
  const auto made = stream_config({}, 8000);
  BOOST_TEST(made.at("retention.ms") == "8000");
  BOOST_TEST(made.at("segment.ms") == "1000");
}

BOOST_AUTO_TEST_CASE(what_keeps_reports_for_ever_is_refused_nfr8) {
  BOOST_TEST(names(with("retention.ms", "-1").dangers, "retention.ms"));
  BOOST_TEST(names(with("cleanup.policy", "compact").dangers, //
                   "cleanup.policy"));
}

BOOST_AUTO_TEST_CASE(what_makes_nodes_differ_is_refused) {
  BOOST_TEST(names(with("message.timestamp.type", "CreateTime").dangers,
                   "message.timestamp.type"));
  BOOST_TEST(names(with("unclean.leader.election.enable", "true").dangers,
                   "unclean.leader.election.enable"));
}

BOOST_AUTO_TEST_CASE(a_retention_that_is_not_the_nodes_is_told_nfr8) {
  auto longer = good();
  longer.settings = stream_config({}, 2 * keep);
  BOOST_TEST(names(judge_stream(longer, keep).warnings, "retention.ms"));
  auto shorter = good();
  shorter.settings = stream_config({}, keep / 2);
  BOOST_TEST(names(judge_stream(shorter, keep).warnings, "retention.ms"));
}

BOOST_AUTO_TEST_CASE(segments_that_outlive_the_retention_are_told_nfr8) {
  BOOST_TEST(names(with("segment.ms", "604800000").warnings, "segment.ms"));
}

BOOST_AUTO_TEST_CASE(a_setting_that_is_not_told_is_never_passed_over) {
  for (auto& [name, value] : stream_config({}, keep)) {
    if (name == "compression.type")
      continue;
    auto topic = good();
    topic.settings.erase(name);
    const auto x = judge_stream(topic, keep);
    BOOST_TEST(x.dangers.size() + x.warnings.size() == 1u, name);
  }
}

BOOST_AUTO_TEST_CASE(how_a_missing_topic_is_made_is_told_with_its_settings) {
  const auto text = how_to_make_stream("a.b.reports.v1", 12, keep);
  BOOST_TEST(text.find("--topic a.b.reports.v1 --partitions 12") !=
             std::string::npos);
  for (auto& [name, value] : stream_config({}, keep))
    BOOST_TEST(text.find(name + '=' + value) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
