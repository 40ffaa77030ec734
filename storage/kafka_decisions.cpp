#include "storage/kafka_decisions.hpp"

#include "events/envelope.hpp"

namespace signalbox {

namespace {

constexpr std::int64_t record_overhead = 16 * 1024; // keys, headers, framing

constexpr const char* stamp_setting = "message.timestamp.type";
constexpr const char* taking_stamps = "LogAppendTime";
constexpr const char* keeping_stamps = "CreateTime";

/// Else a record of a few kilobytes may unpack to a hundred megabytes at every
/// node: the brokers compare what they are sent with max.message.bytes.
constexpr const char* packing_setting = "compression.type";
constexpr const char* unpacked = "uncompressed";

constexpr const char* flush_setting = "flush.messages";

constexpr topic_rule rules[] = {
    {"cleanup.policy", "delete",
     "compaction drops the losers of races, and "
     "with them the proof"},
    {"retention.ms", "-1", "old decisions would be dropped"},
    {"retention.bytes", "-1", "old decisions would be dropped"},
    {stamp_setting, taking_stamps,
     "the ledger's clock must be the brokers', not a node's"},
    {"unclean.leader.election.enable", "false",
     "a replica that lags behind could drop acknowledged decisions"},
};

} // namespace

std::map<std::string, std::string> decisions_config(const kafka_layout& layout,
                                                    kafka_timestamps stamps) {
  std::map<std::string, std::string> out;
  for (auto& x : rules)
    out[x.name] = x.wanted;
  if (stamps == kafka_timestamps::create) {
    out[stamp_setting] = keeping_stamps;
    // A broker's clock may once have leapt: its times are kept all the same.
    out["message.timestamp.after.max.ms"] = "9223372036854775807";
  }
  out["min.insync.replicas"] = std::to_string(layout.min_in_sync);
  out["max.message.bytes"] = "1048576";
  out[packing_setting] = unpacked;
  if (layout.flush_messages > 0)
    out[flush_setting] = std::to_string(layout.flush_messages);
  return out;
}

std::map<std::string, std::string> take_decisions_config() {
  return {{stamp_setting, taking_stamps}};
}

topic_verdict judge_decisions(const kafka_topic_facts& x,
                              kafka_timestamps stamps) {
  topic_verdict out;
  if (x.partitions != 1)
    out.dangers.push_back(
        "it has " + std::to_string(x.partitions) +
        " partitions but must have 1: the order of decisions is the order of "
        "one partition. Make a new ledger, on another topic");
  const auto is_right = [&](const topic_rule& rule) {
    const bool copied =
        stamps == kafka_timestamps::create && rule.name == stamp_setting;
    return setting_of(x, rule.name) == (copied ? keeping_stamps : rule.wanted);
  };
  for (auto& rule : rules)
    if (!is_right(rule))
      out.dangers.push_back(topic_advice(x, rule.name, rule.wanted, rule.why));
  if (number_of(x, "max.message.bytes") <
      static_cast<std::int64_t>(max_record_bytes) + record_overhead)
    out.dangers.push_back(topic_advice(x, "max.message.bytes", "1048576",
                                       "large decisions would be refused"));
  if (setting_of(x, packing_setting) != unpacked)
    out.warnings.push_back(
        topic_advice(x, packing_setting, unpacked,
                     "a small record could unpack to more than a node reads"));
  if (setting_of(x, flush_setting) != "1")
    out.warnings.push_back(
        topic_advice(x, flush_setting, "1",
                     "a power failure of all brokers at once could take the "
                     "last acknowledged decisions"));
  const auto in_sync = number_of(x, "min.insync.replicas");
  if (x.replication < 2)
    out.warnings.push_back("it has one replica: the loss of that broker's disk "
                           "loses the ledger. Three are advised");
  else if (in_sync < 2)
    out.dangers.push_back(
        topic_advice(x, "min.insync.replicas", "2",
                     "an acknowledged decision could be on one disk alone"));
  if (x.replication >= 2 && in_sync >= x.replication)
    out.warnings.push_back("min.insync.replicas equals the number of replicas: "
                           "the loss of one broker stops all writing");
  return out;
}

} // namespace signalbox
