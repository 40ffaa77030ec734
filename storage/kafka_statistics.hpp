#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// What librdkafka's statistics (its STATISTICS.md) say of one partition.
struct kafka_partition_statistics {
  bool is_reachable = false;        ///< its leader is known and connected
  std::int64_t high_watermark = -1; ///< behind the last record; -1: not known
  /// Microseconds since the leader was last heard.
  std::int64_t silent_for = 0;
};

/// Nullopt if the text is not of that form.
std::optional<kafka_partition_statistics>
read_kafka_statistics(std::string_view json, const std::string& topic,
                      int partition);

} // namespace signalbox
