#pragma once

// Internal to kafka_log.

#include <exception>
#include <thread>

#include "events/batch_queue.hpp"
#include "storage/kafka_log.hpp"
#include "storage/kafka_recent.hpp"

namespace signalbox {

/// Copies up to the topic's end on a thread of its own, while another one takes
/// what was copied.
class kafka_log::copier {
 public:
  explicit copier(kafka_log& log) : log_{log}, thread_{[this] { run(); }} {}

  ~copier() { (void)finish(); }

  /// Copies the rest, of which nothing is taken.
  result<void> finish() {
    groups.abandon();
    if (thread_.joinable())
      thread_.join();
    return outcome_;
  }

  batch_queue<kafka_recent::records, 2> groups;

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
