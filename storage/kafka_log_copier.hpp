#pragma once

// Internal to kafka_log.

#include <exception>
#include <thread>
#include <vector>

#include "events/batch_queue.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_log.hpp"

namespace signalbox {

/// Records between the consumer and the copy; the messages own the bytes.
struct kafka_log::taken {
  std::vector<kafka_message> held;
  std::vector<kafka_entry> entries;
  std::size_t bytes = 0;

  void clear() {
    entries.clear();
    held.clear();
    bytes = 0;
  }
};

/// Copies up to the topic's end on a thread of its own, while another one takes
/// what was copied.
class kafka_log::copier {
 public:
  struct group {
    taken records;
    std::uint64_t first = 0; ///< index
  };

  explicit copier(kafka_log& log) : log_{log}, thread_{[this] { run(); }} {}

  ~copier() { (void)finish(); }

  /// Copies the rest, of which nothing is taken.
  result<void> finish() {
    groups.abandon();
    if (thread_.joinable())
      thread_.join();
    return outcome_;
  }

  batch_queue<group, 2> groups;

 private:
  void run() {
    log_.copier_ = this;
    try {
      outcome_ = log_.copy_to_target(nullptr);
    } catch (const std::exception& e) {
      outcome_ = failure{errc::bug, e.what()};
    }
    log_.copier_ = nullptr;
    groups.finish();
  }

  kafka_log& log_;
  result<void> outcome_;
  std::thread thread_;
};

} // namespace signalbox
