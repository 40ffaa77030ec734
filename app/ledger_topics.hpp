#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "events/errors.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "storage/kafka_topics.hpp"

namespace signalbox {

/// The topics of a ledger on Kafka, and how they are laid out.
struct topic_plan {
  kafka_settings kafka;
  kafka_layout layout;
  /// Of reports and activity: milliseconds, and how many parts.
  std::int64_t reports_keep = 30LL * 24 * 3'600'000;
  std::int64_t activity_keep = 30LL * 24 * 3'600'000;
  int report_partitions = default_report_partitions;
};

/// Errors: `bad_request`, naming the option.
result<void> check(const topic_plan& x);

/// Makes the topics of a ledger: all of them or none. Those that it made are
/// taken away again unless they are kept.
class ledger_topics {
 public:
  explicit ledger_topics(topic_plan plan) : plan_{std::move(plan)} {}
  ledger_topics(const ledger_topics&) = delete;
  ledger_topics& operator=(const ledger_topics&) = delete;
  ~ledger_topics();

  /// Errors: `conflict` (one of them is there), and those of kafka_topics.
  result<void> make(kafka_timestamps stamps = kafka_timestamps::append);

  /// Those beside the decisions that are not there yet.
  /// Errors: those of kafka_topics.
  result<void> complete();

  void keep() { made_.clear(); }

  /// Of all of them, that of the decisions first.
  std::vector<std::string> names() const;

 private:
  struct stream {
    const char* name;
    int partitions;
    std::map<std::string, std::string> config;
  };

  /// The decisions first.
  std::vector<stream> all(kafka_timestamps stamps) const;
  result<void> make(const stream& x);
  static failure with_hint(failure x);

  topic_plan plan_;
  std::vector<std::string> made_;
};

} // namespace signalbox
