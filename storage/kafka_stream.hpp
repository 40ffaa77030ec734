#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/defaults.hpp"
#include "storage/kafka_producer.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_stream_copy.hpp"
#include "storage/shared_stream.hpp"
#include "storage/wake_signal.hpp"

struct rd_kafka_message_s;

namespace signalbox {

class kafka_consumer;

struct kafka_stream_config {
  kafka_settings settings;
  std::string stream; ///< of kafka_stream_topic.hpp: which topic
  rocksdb_database::pointer database; ///< holds the node's copy
  char tag = 0;                       ///< of the copy, for ever
  std::int64_t keep = 0; ///< milliseconds; what the topic's are judged by
  /// Records of one key keep their order. Null: the topic has one partition,
  /// whose order is that of all.
  std::function<std::string(byte_view)> key_of = nullptr;
  bool writes = true;                              ///< false: a replica
  std::function<void(std::string)> warn = nullptr; ///< any thread
  std::chrono::milliseconds patience = stream_patience;
  std::chrono::milliseconds check_every = stream_check_every;
};

/// A stream of many nodes, on a topic of Apache Kafka. Every node reads all
/// partitions, in no group, so that no rebalance can lose or double a record,
/// into its own copy, which answers reads also when no broker does.
///
/// A topic whose settings would break what a stream promises is neither
/// written nor read: each setting is named, and looked at again now and then.
/// At the start and now and then the first and the last record that are known
/// of each partition are compared with the topic's: one that was made anew is
/// copied from its beginning.
class kafka_stream final : public shared_stream {
 public:
  /// Opens the copy. No broker need answer yet: see catch_up().
  /// Errors: those of the database, `bad_request` (a setting).
  static result<std::unique_ptr<kafka_stream>> open(kafka_stream_config config);

  ~kafka_stream() override;

  /// Checks the topic's settings and copies up to its end of now. Not needed:
  /// serve() goes on where this ends.
  /// Errors: `not_found`, `read_only` (the settings), `unavailable`.
  result<void> catch_up();

  std::uint64_t begin() const override { return copy_->begin(); }
  std::uint64_t end() const override { return copy_->end(); }
  std::uint64_t size() const override { return copy_->size(); }
  std::uint64_t bytes() const override { return copy_->bytes(); }
  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp append_time) override;
  result<void> read(std::uint64_t from, const visitor& visit) const override {
    return copy_->read(from, visit);
  }
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override {
    return copy_->read_back(before, visit);
  }
  result<void> trim(timestamp before) override { return copy_->trim(before); }

  void serve(const visitor& arrived) override;
  void listen(std::function<void()> wake) override {
    signal_.listen(std::move(wake));
  }

 private:
  using steady = std::chrono::steady_clock;
  struct part;
  struct group_fate;

  explicit kafka_stream(kafka_stream_config config);

  result<void> connect();
  result<void> prepare();
  result<void> check_topic();
  result<void> refuse(failure why);

  void begin_reading();
  void begin_reading_later();
  std::size_t take(const visitor& arrived);
  bool take_message(const rd_kafka_message_s& x, part& to, int partition);
  bool take_record(const rd_kafka_message_s& x, part& to, int partition);
  bool compare_record(const rd_kafka_message_s& x, part& to, int partition);
  bool find_place(part& to, int partition);
  bool mismatch(part& to, int partition, const char* what);
  void copy_taken(const visitor& arrived);
  void watch();
  bool is_at_end() const;
  std::uint64_t position() const;

  void produce(std::span<const byte_view> records, timestamp at,
               const std::shared_ptr<group_fate>& fate);
  int partition_of(const std::string& key) const;
  void warn(std::string line) const;

  kafka_stream_config config_;
  std::string topic_;
  std::unique_ptr<kafka_stream_copy> copy_;
  wake_signal signal_;

  // Of the serving thread.
  bool is_usable_ = false; ///< the topic is what it must be
  std::optional<failure> refusal_;
  std::vector<part> parts_;
  steady::time_point ask_at_{};
  steady::time_point began_at_{};
  std::optional<steady::time_point> begin_due_; ///< nothing is taken until then
  steady::time_point reachable_at_{};
  bool is_offline_ = true;
  std::string trouble_; ///< what went wrong last

  // Last: they raise the signal until they are gone.
  std::unique_ptr<kafka_consumer> consumer_;
  std::unique_ptr<kafka_producer> producer_;
};

} // namespace signalbox
