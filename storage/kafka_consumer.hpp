#pragma once

// Internal to storage, like kafka_client.hpp.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/bytes.hpp"
#include "events/ids.hpp"
#include "storage/kafka_client.hpp"
#include "storage/kafka_statistics.hpp"

namespace signalbox {

/// One record of a topic, or what happened instead of one (`err`). The bytes
/// belong to the message.
using kafka_message = kafka_owner<rd_kafka_message_t, rd_kafka_message_destroy>;

/// The record of a message; empty for a null one. Lives with the message.
byte_view bytes_of(const rd_kafka_message_t& x);

/// By the brokers' clock, where the topic is LogAppendTime.
timestamp time_of(const rd_kafka_message_t& x);

/// Whether the error says that the offset that was asked for is not there.
bool is_out_of_range(rd_kafka_resp_err_t x);

/// Whether records of transactions that are open, or were aborted, are read.
enum class kafka_isolation { uncommitted, committed };

/// Reads partitions from given offsets on, in no group. One thread calls it;
/// `wake` is called on another when there is something to take.
class kafka_consumer {
 public:
  struct config {
    kafka_settings settings;
    std::string topic;
    std::function<void()> wake = nullptr;
    std::function<void(std::string)> warn = nullptr; ///< any thread
    kafka_isolation isolation = kafka_isolation::uncommitted;
  };

  /// Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_consumer>> open(config x);

  ~kafka_consumer();
  kafka_consumer(const kafka_consumer&) = delete;
  kafka_consumer& operator=(const kafka_consumer&) = delete;

  struct place {
    int partition;
    std::uint64_t offset;
  };

  /// Reads on from here; what was not taken yet is dropped.
  void read_from(std::span<const place> places);
  void read_from(std::uint64_t offset); ///< the same, of partition 0

  /// Reads one of these partitions on from another offset. False if it cannot
  /// be told so.
  bool move(int partition, std::uint64_t offset);

  /// Fetches nothing for now, or again. What was fetched and not taken may be
  /// dropped: read_from() after that.
  void pause(bool on);

  /// Takes what has come, `max` messages at most; waits for the first if need
  /// be.
  std::vector<kafka_message> take(std::size_t max,
                                  std::chrono::milliseconds wait);

  /// What a partition holds now: the first offset, and the one behind the last.
  struct range {
    std::uint64_t begin, end;
  };

  /// Asks the brokers, twice. Errors: `unavailable`.
  result<range> ask_range(int partition,
                          std::chrono::milliseconds timeout) const;

  /// The end of partition 0. Errors: `unavailable`.
  result<std::uint64_t> ask_end(std::chrono::milliseconds timeout) const;

  /// What went wrong with connections since the last call, if anything did.
  /// As explain() tells it.
  std::optional<std::string> take_problem();

  /// What the client told of the first partition that it reads and whose leader
  /// it reaches, since the last call; it does so each
  /// `kafka_statistics_interval`.
  std::optional<kafka_partition_statistics> take_statistics();

 private:
  explicit kafka_consumer(config x);

  result<std::uint64_t> ask_offset(int partition, std::int64_t which,
                                   std::chrono::milliseconds timeout) const;
  void take_problem(kafka_trouble x);
  void take_statistics(std::string_view text);
  void fetch_on(const rd_kafka_message_t& last);

  config config_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_queue queue_;
  std::vector<int> partitions_{0}; // that are read
  const bool pauses_briefly_;      ///< when its queue is full
  std::size_t taken_bytes_ = 0;    ///< since it was last told to fetch on
  std::optional<kafka_trouble> problem_;
  bool is_refused_ = false; ///< which says more than "all are down"
  std::optional<kafka_partition_statistics> statistics_;
};

} // namespace signalbox
