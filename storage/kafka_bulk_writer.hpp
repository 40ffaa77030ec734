#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/bytes.hpp"
#include "events/ids.hpp"
#include "storage/kafka_producer.hpp"
#include "storage/wake_signal.hpp"

namespace signalbox {

/// Writes a whole log to a topic that keeps the times of creation: every
/// record in order and with its own time. Waits where too much is in flight.
/// The first record that is not confirmed ends it; what the topic holds then
/// shows by reading it. One thread.
class kafka_bulk_writer {
 public:
  /// Errors: those of kafka_producer::open.
  static result<std::unique_ptr<kafka_bulk_writer>>
  open(const kafka_settings& settings, std::string topic);

  /// Errors: why an earlier record, or this one, is not in the topic.
  result<void> add(byte_view record, std::string_view key, timestamp at);

  /// Returns once all records are on all in-sync replicas. Errors: as add().
  result<void> finish();

 private:
  explicit kafka_bulk_writer(std::string topic) : topic_{std::move(topic)} {}

  result<void> wait_for(std::size_t most_bytes);

  std::string topic_;
  wake_signal woken_;
  std::size_t in_flight_ = 0; ///< bytes, each record with a surcharge
  std::optional<failure> problem_;
  std::unique_ptr<kafka_producer> producer_; // last: calls the others
};

} // namespace signalbox
