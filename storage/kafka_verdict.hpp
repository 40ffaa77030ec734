#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/kafka_topics.hpp"

namespace signalbox {

/// What of a topic's settings is not as it must be, or should be: each line
/// names the setting and its remedy.
struct topic_verdict {
  std::vector<std::string> dangers;  ///< the topic is refused
  std::vector<std::string> warnings; ///< it works, and costs what they say
};

/// A setting that a topic must have, and what would happen without it.
struct topic_rule {
  const char* name;
  const char* wanted;
  const char* why;
};

/// A setting in force; empty if the brokers did not tell it.
const std::string& setting_of(const kafka_topic_facts& x,
                              const std::string& name);

/// The same as a number; 0 if it is none.
std::int64_t number_of(const kafka_topic_facts& x, const std::string& name);

/// "NAME is 'A' but must be 'B': WHY. Change it with ...".
std::string topic_advice(const kafka_topic_facts& x, const std::string& name,
                         const std::string& wanted, const std::string& why);

/// Warns where one disk may hold a record alone; `so` says what one replica
/// means for the topic.
void warn_of_replicas(const kafka_topic_facts& x, const std::string& so,
                      topic_verdict& out);

/// How to make a topic that is not there.
std::string how_to_make_topic(const std::string& topic, int partitions,
                              const std::map<std::string, std::string>& config);

/// One after another, for a message.
std::string join(const std::vector<std::string>& lines);

} // namespace signalbox
