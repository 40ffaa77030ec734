#pragma once

// Internal to storage, like kafka_client.hpp.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/kafka_client.hpp"
#include "storage/kafka_statistics.hpp"

namespace signalbox {

/// One record of a topic, or what happened instead of one (`err`). The bytes
/// belong to the message.
using kafka_message = kafka_owner<rd_kafka_message_t, rd_kafka_message_destroy>;

/// Reads one partition from a given offset on: uncommitted records too, and in
/// no group. One thread calls it; `wake` is called on another when there is
/// something to take.
class kafka_consumer {
 public:
  struct config {
    kafka_settings settings;
    std::string topic;
    int partition = 0;
    std::function<void()> wake = nullptr;
    std::function<void(std::string)> warn = nullptr; ///< any thread
  };

  /// Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_consumer>> open(config x);

  ~kafka_consumer();
  kafka_consumer(const kafka_consumer&) = delete;
  kafka_consumer& operator=(const kafka_consumer&) = delete;

  /// Reads on from here; what was not taken yet is dropped.
  void read_from(std::uint64_t offset);

  /// Takes what has come, `max` messages at most; waits for the first if need
  /// be.
  std::vector<kafka_message> take(std::size_t max,
                                  std::chrono::milliseconds wait);

  /// The offset behind the last record that the partition has now; asks the
  /// brokers. Errors: `unavailable`.
  result<std::uint64_t> ask_end(std::chrono::milliseconds timeout) const;

  /// What went wrong with connections since the last call, if anything did.
  std::optional<rd_kafka_resp_err_t> take_problem();

  /// What the client told of the partition since the last call; it does so each
  /// second.
  std::optional<kafka_partition_statistics> take_statistics();

 private:
  explicit kafka_consumer(config x);

  config config_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_queue queue_;
  std::optional<rd_kafka_resp_err_t> problem_;
  std::optional<kafka_partition_statistics> statistics_;
};

} // namespace signalbox
