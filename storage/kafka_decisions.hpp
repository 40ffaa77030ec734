#pragma once

#include <map>
#include <string>

#include "storage/kafka_verdict.hpp"

namespace signalbox {

inline constexpr const char* decisions_stream = "decisions";

/// Who stamps the records of a topic. `create` while a log is copied, so that
/// times are kept.
enum class kafka_timestamps { append, create };

/// The settings of a topic of decisions: nothing in it is ever dropped, and its
/// clock is the brokers'.
std::map<std::string, std::string>
decisions_config(const kafka_layout& layout,
                 kafka_timestamps stamps = kafka_timestamps::append);

/// What of a topic of decisions could lose some; the warnings say what is no
/// safer than one machine is. `stamps`: who is meant to stamp its records.
topic_verdict
judge_decisions(const kafka_topic_facts& x,
                kafka_timestamps stamps = kafka_timestamps::append);

/// The change that makes a topic whose log was copied one that takes decisions.
std::map<std::string, std::string> take_decisions_config();

} // namespace signalbox
