#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/defaults.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_transactions.hpp"
#include "storage/updates_topic.hpp"
#include "storage/wake_signal.hpp"

struct rd_kafka_message_s;

namespace signalbox {

class kafka_consumer;

struct kafka_updates_config {
  kafka_settings settings;
  std::function<void(std::string)> warn = nullptr; ///< any thread
  std::chrono::milliseconds patience = stream_patience;
  /// Of a topic that is read to its end, until that is given up.
  std::chrono::milliseconds silence = kafka_patience;
};

/// The topic of changes on Apache Kafka, written in transactions under one
/// transactional id for all nodes of a ledger, `<deployment>.<ledger>.updates`:
/// so the brokers see to it that one node writes. Followed in no group, and
/// committed messages alone.
class kafka_updates final : public updates_topic {
 public:
  /// No broker need answer yet. Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_updates>>
  open(kafka_updates_config config);

  ~kafka_updates() override;

  result<void> check() override;
  void rewind() override;
  result<void> read(const visitor& visit) override;
  result<void> read_to_end(const visitor& visit) override;
  bool is_at_end() const override { return is_at_end_; }
  result<void> take_over() override;
  void resign() override { writer_.reset(); }
  result<void> write(std::span<const update_message> messages) override;
  void stop() override { is_stopping_ = true; }
  void listen(std::function<void()> wake) override {
    signal_.listen(std::move(wake));
  }

 private:
  explicit kafka_updates(kafka_updates_config config);

  result<void> check_settings();
  void check_extent();
  result<std::uint64_t> ask_whole_end() const;
  std::size_t take(const visitor& visit, std::chrono::milliseconds wait);
  void take_message(const rd_kafka_message_s& x, const visitor& visit);

  kafka_updates_config config_;
  std::string topic_;
  wake_signal signal_;
  std::atomic<bool> is_stopping_{false};

  std::string warned_;         ///< the warnings of the topic that were told
  std::uint64_t begin_ = 0;    ///< the first offset that there was
  std::uint64_t position_ = 0; ///< behind the last message taken
  std::uint64_t written_ = 0;  ///< behind the last one written
  bool is_at_end_ = false;
  std::optional<failure> changed_; ///< until it is rewound

  // Last: they raise the signal until they are gone.
  std::unique_ptr<kafka_consumer> consumer_;
  std::unique_ptr<kafka_transactions> writer_;
};

} // namespace signalbox
