#pragma once

// Internal to kafka_log.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/defaults.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_mirror.hpp"

namespace signalbox {

/// Records that came together; the messages own the bytes.
struct kafka_records {
  std::uint64_t first = 0; ///< index
  std::vector<kafka_message> held;
  std::vector<kafka_entry> entries;
  std::size_t bytes = 0;

  std::uint64_t end() const { return first + entries.size(); }

  /// What they take of the memory, about.
  std::size_t memory() const {
    return bytes + entries.size() * kafka_entry_memory;
  }
};

/// Visits the entries from the index on, until the visitor returns false.
void visit_from(const kafka_records& x, std::uint64_t from,
                const event_log::visitor& visit);

/// The newest entries of a log: those that its copy does not hold yet, and
/// those that it has lately got, since they are read soonest. Any thread.
class kafka_recent {
 public:
  using records = std::shared_ptr<const kafka_records>;

  /// They follow the last ones, and are not empty.
  void add(records x);

  /// Those that hold the entry; null: they are not here.
  records find(std::uint64_t index) const;

  /// Entries below are in the copy: the oldest of them are dropped where there
  /// is more than kafka_recent_bytes.
  void drop(std::uint64_t copied);

 private:
  mutable std::mutex mutex_;
  std::deque<records> groups_;
  std::size_t memory_ = 0;
};

} // namespace signalbox
