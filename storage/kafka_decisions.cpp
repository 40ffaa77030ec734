#include "storage/kafka_decisions.hpp"

#include <algorithm>
#include <charconv>

#include "events/envelope.hpp"

namespace signalbox {

namespace {

constexpr std::int64_t record_overhead = 16 * 1024; // keys, headers, framing

const std::string& value_of(const kafka_topic_facts& x,
                            const std::string& name) {
  static const std::string none;
  const auto found = x.settings.find(name);
  return found == x.settings.end() ? none : found->second;
}

std::int64_t number_of(const kafka_topic_facts& x, const std::string& name) {
  const auto& text = value_of(x, name);
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

struct rule {
  const char* name;
  const char* wanted;
  const char* why;
};

constexpr rule rules[] = {
    {"cleanup.policy", "delete",
     "compaction drops the losers of races, and "
     "with them the proof"},
    {"retention.ms", "-1", "old decisions would be dropped"},
    {"retention.bytes", "-1", "old decisions would be dropped"},
    {"message.timestamp.type", "LogAppendTime",
     "the ledger's clock must be the brokers', not a node's"},
    {"unclean.leader.election.enable", "false",
     "a replica that lags behind could drop acknowledged decisions"},
};

std::string advice(const char* name, const std::string& is,
                   const std::string& wanted, const char* why) {
  return std::string{name} + " is '" + is + "' but must be '" + wanted +
         "': " + why +
         ". Change it with kafka-configs --alter --entity-type "
         "topics --add-config " +
         name + '=' + wanted;
}

} // namespace

std::map<std::string, std::string> decisions_config(const kafka_layout& layout,
                                                    kafka_timestamps stamps) {
  std::map<std::string, std::string> out;
  for (auto& x : rules)
    out[x.name] = x.wanted;
  if (stamps == kafka_timestamps::create)
    out["message.timestamp.type"] = "CreateTime";
  out["min.insync.replicas"] = std::to_string(layout.min_in_sync);
  out["max.message.bytes"] = "1048576";
  out["compression.type"] = "producer";
  if (layout.flush_messages > 0)
    out["flush.messages"] = std::to_string(layout.flush_messages);
  return out;
}

topic_verdict judge_decisions(const kafka_topic_facts& x) {
  topic_verdict out;
  if (x.partitions != 1)
    out.dangers.push_back(
        "it has " + std::to_string(x.partitions) +
        " partitions but must have 1: the order of decisions is the order of "
        "one partition. Make a new ledger, on another topic");
  for (auto& rule : rules)
    if (const auto& is = value_of(x, rule.name); is != rule.wanted)
      out.dangers.push_back(advice(rule.name, is, rule.wanted, rule.why));
  if (number_of(x, "max.message.bytes") <
      static_cast<std::int64_t>(max_record_bytes) + record_overhead)
    out.dangers.push_back(advice("max.message.bytes",
                                 value_of(x, "max.message.bytes"), "1048576",
                                 "large decisions would be refused"));
  const auto in_sync = number_of(x, "min.insync.replicas");
  if (x.replication < 2)
    out.warnings.push_back("it has one replica: the loss of that broker's disk "
                           "loses the ledger. Three are advised");
  else if (in_sync < 2)
    out.dangers.push_back(
        advice("min.insync.replicas", value_of(x, "min.insync.replicas"), "2",
               "an acknowledged decision could be on one disk alone"));
  if (x.replication >= 2 && in_sync >= x.replication)
    out.warnings.push_back("min.insync.replicas equals the number of replicas: "
                           "the loss of one broker stops all writing");
  return out;
}

} // namespace signalbox
