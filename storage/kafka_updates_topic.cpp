#include "storage/kafka_updates_topic.hpp"

namespace signalbox {

namespace {

constexpr topic_rule rules[] = {
    {"cleanup.policy", "compact",
     "whatever drops by age drops the state of channels that change seldom"},
    {"unclean.leader.election.enable", "false",
     "a replica that lags behind would take channels back to a former state"},
};

/// What only makes it handier: small segments, so that a node that takes over
/// reads little, and a day in which nothing is compacted.
constexpr std::pair<const char*, const char*> comforts[] = {
    {"segment.bytes", "16777216"},
    {"min.cleanable.dirty.ratio", "0.2"},
    {"min.compaction.lag.ms", "86400000"},
    {"message.timestamp.type", "LogAppendTime"},
    {"max.message.bytes", "1048576"},
    {"compression.type", "producer"},
};

} // namespace

std::map<std::string, std::string> updates_config(const kafka_layout& layout) {
  std::map<std::string, std::string> out;
  for (auto& x : rules)
    out[x.name] = x.wanted;
  for (auto& [name, value] : comforts)
    out[name] = value;
  out["min.insync.replicas"] = std::to_string(layout.min_in_sync);
  return out;
}

topic_verdict judge_updates(const kafka_topic_facts& x) {
  topic_verdict out;
  if (x.partitions != 1)
    out.dangers.push_back("it has " + std::to_string(x.partitions) +
                          " partitions but must have 1, whose order is that of "
                          "all changes: delete it and make it anew, and it is "
                          "filled again");
  for (auto& rule : rules)
    if (setting_of(x, rule.name) != rule.wanted)
      out.dangers.push_back(topic_advice(x, rule.name, rule.wanted, rule.why));
  if (number_of(x, "max.message.bytes") <
      static_cast<std::int64_t>(max_update_bytes))
    out.dangers.push_back(topic_advice(x, "max.message.bytes", "1048576",
                                       "long changelogs would be refused"));
  warn_of_replicas(
      x,
      "the loss of that broker's disk empties the topic, which is then "
      "filled anew",
      out);
  return out;
}

std::string how_to_make_updates(const std::string& topic) {
  return how_to_make_topic(topic, 1, updates_config({}));
}

} // namespace signalbox
