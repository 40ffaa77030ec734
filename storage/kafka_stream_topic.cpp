#include "storage/kafka_stream_topic.hpp"

#include <algorithm>

#include "events/envelope.hpp"
#include "storage/defaults.hpp"

namespace signalbox {

namespace {

constexpr topic_rule rules[] = {
    {"cleanup.policy", "delete",
     "compaction keeps the last report of a client for ever"},
    {"message.timestamp.type", "LogAppendTime",
     "what is counted and kept must go by the brokers' clock, not by a node's"},
    {"unclean.leader.election.enable", "false",
     "a replica that lags behind would show other records to nodes that read "
     "later"},
};

/// A broker drops whole segments: a record outlives its time by up to one.
std::int64_t segment_of(std::int64_t keep) {
  return std::max<std::int64_t>(keep / kafka_segments_kept, 1);
}

void judge_retention(const kafka_topic_facts& x, std::int64_t keep,
                     topic_verdict& out) {
  const auto is = number_of(x, "retention.ms");
  const auto wanted = std::to_string(keep);
  if (is <= 0)
    return out.dangers.push_back(topic_advice(
        x, "retention.ms", wanted, "what clients said would be kept for ever"));
  if (is > keep)
    out.warnings.push_back(
        topic_advice(x, "retention.ms", wanted,
                     "the topic keeps records longer than this node says"));
  if (is < keep)
    out.warnings.push_back(
        topic_advice(x, "retention.ms", wanted,
                     "a node that joins later finds less than others keep"));
  if (const auto segment = number_of(x, "segment.ms");
      segment <= 0 || segment > segment_of(is))
    out.warnings.push_back(topic_advice(
        x, "segment.ms", std::to_string(segment_of(is)),
        "brokers drop whole segments, so records would be kept that much "
        "longer"));
}

} // namespace

std::map<std::string, std::string> stream_config(const kafka_layout& layout,
                                                 std::int64_t keep) {
  std::map<std::string, std::string> out;
  for (auto& x : rules)
    out[x.name] = x.wanted;
  out["retention.ms"] = std::to_string(keep);
  out["segment.ms"] = std::to_string(segment_of(keep));
  out["min.insync.replicas"] = std::to_string(layout.min_in_sync);
  out["max.message.bytes"] = "1048576";
  out["compression.type"] = "producer";
  return out;
}

topic_verdict judge_stream(const kafka_topic_facts& x, std::int64_t keep) {
  topic_verdict out;
  for (auto& rule : rules)
    if (setting_of(x, rule.name) != rule.wanted)
      out.dangers.push_back(topic_advice(x, rule.name, rule.wanted, rule.why));
  if (number_of(x, "max.message.bytes") <
      static_cast<std::int64_t>(max_record_bytes))
    out.dangers.push_back(topic_advice(x, "max.message.bytes", "1048576",
                                       "large records would be refused"));
  judge_retention(x, keep, out);
  warn_of_replicas(x, "the loss of that broker's disk loses the stream", out);
  return out;
}

std::string how_to_make_stream(const std::string& topic, int partitions,
                               std::int64_t keep) {
  return how_to_make_topic(topic, partitions, stream_config({}, keep));
}

} // namespace signalbox
