#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/kafka_topics.hpp"

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

/// What of a topic of decisions could lose some, with the setting and its
/// remedy, one line each.
struct topic_verdict {
  std::vector<std::string> dangers;  ///< the topic is refused
  std::vector<std::string> warnings; ///< no safer than one machine is
};

topic_verdict judge_decisions(const kafka_topic_facts& x);

} // namespace signalbox
