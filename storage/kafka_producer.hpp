#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "storage/defaults.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// Where in a topic a record goes.
struct kafka_target {
  std::string_view key = {};    ///< for people's tools alone
  timestamp at = timestamp{-1}; ///< counts only with the time of creation
  int partition = 0;
};

/// Sends records to a topic, acknowledged by all in-sync
/// replicas, in the order of each partition. A delivery report is a hint: what
/// it says of a failure is `pending` unless the record never left this process,
/// or the brokers refused it.
///
/// One thread calls it; `wake` is called on another when serve() has work.
class kafka_producer {
 public:
  /// Of a record that is in the topic for certain, since one after it is, and
  /// whose own acknowledgement was lost.
  static constexpr auto unknown_offset = ~std::uint64_t{0};

  /// Called by produce(), serve() or the destructor: the record's offset, or
  /// why there is none.
  using done = std::function<void(const result<std::uint64_t>&)>;

  struct config {
    kafka_settings settings;
    std::string topic;
    std::function<void()> wake = nullptr;
    std::function<void(std::string)> warn = nullptr; ///< any thread
    /// How long a record may take to be confirmed once it was sent.
    std::chrono::milliseconds limit = kafka_delivery_limit;
    /// Records gather until serve(), and while others are on their way: few
    /// large requests cost less than many small ones. For partition 0 of a
    /// topic that has no other: its records wait for one another anyway.
    bool gathers = false;
  };

  /// Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_producer>> open(config x);

  /// What is on its way is `pending`, what gathers `unavailable`.
  virtual ~kafka_producer() = default;

  /// Copies the record; never waits. `then` is called exactly once, perhaps at
  /// once: `overloaded` (too much in flight), `too_large`, `pending`,
  /// `read_only` (the brokers refused it), `unavailable` (nothing was sent).
  virtual void produce(byte_view record, const kafka_target& to, done then) = 0;

  /// Takes delivery reports and sends what has gathered. After a fatal error of
  /// the client it begins anew with a fresh one.
  virtual void serve() = 0;

  /// Whether the last serve() left records to wait for others that are likely
  /// to come, since the groups before were large. A later one sends them, for
  /// which nothing wakes.
  virtual bool holds_back() const = 0;
};

} // namespace signalbox
