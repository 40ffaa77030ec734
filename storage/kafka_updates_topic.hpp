#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "storage/kafka_verdict.hpp"

namespace signalbox {

inline constexpr const char* updates_stream = "updates";

/// Most bytes of one message of the topic, its key and headers included.
inline constexpr std::size_t max_update_bytes = 64 * 1024;

/// The settings of the topic of changes: the last message of each key is there
/// for ever, and every message for a day at least, so that whoever was away for
/// less misses none.
std::map<std::string, std::string> updates_config(const kafka_layout& layout);

/// Judges it. Refused is what could drop the last state of a channel, take it
/// back, or part the order of changes.
topic_verdict judge_updates(const kafka_topic_facts& x);

/// How to make a topic that is not there.
std::string how_to_make_updates(const std::string& topic);

} // namespace signalbox
