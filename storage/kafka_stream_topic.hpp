#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "storage/kafka_verdict.hpp"

namespace signalbox {

inline constexpr const char* reports_stream = "reports";
inline constexpr const char* activity_stream = "activity";

/// Partitions of the reports of a new ledger. Their number is fixed: a client's
/// reports are ordered because they are in one partition.
inline constexpr int default_report_partitions = 12;

/// The settings of a topic of what is kept for a while: `keep` milliseconds by
/// the brokers' clock, and at most an eighth longer.
std::map<std::string, std::string> stream_config(const kafka_layout& layout,
                                                 std::int64_t keep);

/// Judges the topic of a stream on a node that keeps it for `keep`
/// milliseconds. Refused is what would keep records for ever, put a node's
/// clock above the brokers', or show different nodes different records.
topic_verdict judge_stream(const kafka_topic_facts& x, std::int64_t keep);

/// How to make a topic that is not there.
std::string how_to_make_stream(const std::string& topic, int partitions,
                               std::int64_t keep);

} // namespace signalbox
