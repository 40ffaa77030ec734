#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "events/errors.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/updates_topic.hpp"

namespace signalbox {

/// Writes to partition 0 of a topic in transactions. Of all that were opened
/// with one transactional id only the last one writes: opening fences the
/// others, and ends a transaction that one of them left open. Waits for the
/// brokers; one thread uses it.
class kafka_transactions {
 public:
  struct config {
    kafka_settings settings;
    std::string topic;
    std::string transactional_id;
    std::function<void(std::string)> warn = nullptr; ///< any thread
    std::chrono::milliseconds patience{10'000};
    /// Asked while it waits: whether there is still time.
    std::function<bool()> gives_up = nullptr;
  };

  /// Errors: `unavailable`, `forbidden`, and those of kafka_client::open.
  static result<std::unique_ptr<kafka_transactions>> open(config x);

  virtual ~kafka_transactions() = default;

  /// The offsets of the first and the last message.
  struct range {
    std::uint64_t first = 0, last = 0;
  };

  /// One transaction. After an error nothing more can be written, and whether
  /// it was committed is open until another one is opened.
  /// Errors: `conflict` (fenced), `unavailable`.
  virtual result<range> write(std::span<const update_message> messages) = 0;
};

} // namespace signalbox
