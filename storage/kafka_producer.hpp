#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// Sends records to partition 0 of a topic, acknowledged by all in-sync
/// replicas, in order. A delivery report is a hint: what it says of a failure
/// is `pending` unless the record never left this process.
///
/// One thread calls it; `wake` is called on another when serve() has work.
class kafka_producer {
 public:
  /// Called by serve() or stop(): the record's offset, or why there is none.
  using done = std::function<void(const result<std::uint64_t>&)>;

  struct config {
    kafka_settings settings;
    std::string topic;
    std::function<void()> wake = nullptr;
    std::function<void(std::string)> warn = nullptr; ///< any thread
  };

  /// Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_producer>> open(config x);

  virtual ~kafka_producer() = default; ///< what is in flight is `pending`

  /// Copies the record; never waits. `key` is for people's tools alone, `at`
  /// counts only where the topic keeps the time of creation. `then` is called
  /// exactly once, perhaps at once: `overloaded` (too much in flight),
  /// `too_large`, `pending`, `unavailable` (nothing was sent).
  virtual void produce(byte_view record, std::string_view key, timestamp at,
                       done then) = 0;

  /// Takes delivery reports. After a fatal error of the client it begins anew
  /// with a fresh one.
  virtual void serve() = 0;
};

} // namespace signalbox
