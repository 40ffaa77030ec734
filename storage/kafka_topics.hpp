#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "events/errors.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// How a new topic is laid out.
struct kafka_layout {
  int partitions = 1;
  int replication = 3;
  int min_in_sync = 2; ///< replicas that an acknowledged record is on
  /// Records between two syncs of a broker's disk; 1: each one is synced before
  /// it is acknowledged.
  int flush_messages = 1;
};

/// A topic as the brokers describe it.
struct kafka_topic_facts {
  int partitions = 0;
  int replication = 0;                         ///< the least of all partitions
  std::map<std::string, std::string> settings; ///< in force
  std::map<std::string, std::string> own; ///< of them, those set for this topic
};

/// Makes, describes and changes topics. Every call waits for the brokers, up to
/// the time-out. Not for a thread that anybody waits for.
class kafka_topics {
 public:
  explicit kafka_topics(
      const kafka_settings& settings,
      std::chrono::milliseconds timeout = std::chrono::seconds{10})
      : settings_{settings}, timeout_{timeout} {}

  /// Returns once the brokers tell of it.
  /// Errors: `conflict` (it is there), `forbidden`, `unavailable` (no broker
  /// answers, or too few for the replication), `bad_request`.
  result<void> create(const std::string& topic, const kafka_layout& layout,
                      const std::map<std::string, std::string>& config) const;

  /// Errors: `not_found`, `forbidden`, `unavailable`.
  result<kafka_topic_facts> describe(const std::string& topic) const;

  /// Deletes a topic with all that is in it. Errors: as describe().
  result<void> remove(const std::string& topic) const;

  /// Sets these of a topic, and leaves others that were set for it. Returns
  /// once the brokers tell of it. Errors: as describe().
  result<void> change(const std::string& topic,
                      const std::map<std::string, std::string>& config) const;

 private:
  using judge = std::function<bool(const kafka_topic_facts&)>;

  result<void> wait_until(const std::string& topic,
                          const judge& is_known) const;

  kafka_settings settings_;
  std::chrono::milliseconds timeout_;
};

} // namespace signalbox
