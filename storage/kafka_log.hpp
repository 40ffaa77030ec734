#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/kafka_decisions.hpp"
#include "storage/kafka_producer.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/rocksdb_database.hpp"
#include "storage/shared_log.hpp"

struct rd_kafka_message_s;

namespace signalbox {

class kafka_consumer;
class kafka_log_copy;
struct kafka_records;
struct kafka_partition_statistics;

struct kafka_log_config {
  kafka_settings settings;
  /// Holds the node's copy; shared with its state.
  rocksdb_database::pointer database;
  /// False for a replica: it never writes, so it needs no producer.
  bool writes = true;
  /// `create` while a log is copied into the topic: it must be such a one.
  kafka_timestamps stamps = kafka_timestamps::append;
  std::function<void(std::string)> warn = nullptr; ///< any thread
  std::chrono::milliseconds patience = kafka_patience;
  /// False in tests on brokers that are played and cannot tell the topic's
  /// settings.
  bool checks_settings = true;
};

/// The log of many nodes: the decisions topic of Apache Kafka. Any number of
/// nodes append; the order of the partition is the order of the log, and each
/// node numbers what it reads. Reads are answered by the node's copy.
///
/// Before it follows the topic, after every trouble with a connection, and now
/// and then, it compares the topic's first and last known entry with its copy:
/// the client library does not notice a topic that was deleted and made anew,
/// or cut. Where they differ the log is lost (health()): it stays readable, and
/// is neither written nor followed any more.
///
/// meet(), catch_up(), read_through(), serve(), holds_back(), produce() and
/// append() belong to one thread; the rest to any.
class kafka_log final : public shared_log {
 public:
  /// Opens the copy. No broker need answer yet: see catch_up().
  /// Errors: those of the database, `bad_request` (a setting).
  static result<std::unique_ptr<kafka_log>> open(kafka_log_config config);

  ~kafka_log() override;

  using progress = std::function<void(std::uint64_t, std::uint64_t)>;

  /// Checks the topic's settings, compares it with the copy and notes its end:
  /// up to there read_through() reads it. Errors: as of catch_up().
  result<void> meet();

  /// The same, and copies up to that end. `tell` may be null.
  /// Errors: `not_found` (no such topic), `history_changed`, `unavailable` (no
  /// broker answers in time; what was copied before is there), `read_only` (a
  /// topic that could lose decisions; each setting named), `io`.
  result<void> catch_up(const progress& tell);

  log_index end() const override;
  log_index kept() const override;
  void keep() const override;

  /// For tools, which have no actors: sends, and waits until the records are in
  /// the copy. The group lands in order; others' records may lie between.
  /// The time counts only where the topic keeps the time of creation.
  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override;

  result<void> read(log_index from, const visitor& visit) const override;
  result<void> read_through(log_index from, const visitor& visit) override;
  log_health health() const override;

  void produce(byte_view record, std::string_view key, delivered then) override;
  bool holds_back() const override;
  bool serve() override;
  void listen(std::function<void()> wake) override;
  std::chrono::steady_clock::time_point current_at() const override;
  std::uint64_t known_size() const override;

 private:
  using steady = std::chrono::steady_clock;
  enum class phase { compare_first, compare_last, follow, lost };

  explicit kafka_log(kafka_log_config config);

  result<void> connect();
  result<std::uint64_t> ask_end() const;
  void date_copy();
  result<void> check_settings();
  bool check_late();
  void wake();
  void wait_for_wake(std::chrono::milliseconds most);

  result<void> copy_until(const std::function<bool()>& is_done,
                          const std::function<void()>& grown);
  failure unread(const std::string& why) const;
  result<void> copy_to_target(const std::function<void()>& grown);
  log_entry_view as_told(log_entry_view x) const;

  bool may_take();
  std::size_t take();
  bool take_message(const rd_kafka_message_s& x);
  bool take_record(const rd_kafka_message_s& x);
  void take_problem(std::string what);
  bool add_taken();

  void compare();
  bool compare_entry(std::uint64_t index, const rd_kafka_message_s& x);
  void meet_end(std::uint64_t offset);
  void mismatch(const std::string& what);
  void compare_later();
  void compare_end(std::uint64_t end, steady::time_point heard);
  void watch();
  std::string why_nothing_comes(const kafka_partition_statistics& seen);

  void lose(std::string why);
  void set_offline(std::string why);
  void warn(std::string line) const;

  kafka_log_config config_;
  std::string topic_;
  // Of the serving thread.
  phase phase_ = phase::follow;
  int mismatches_ = 0;      ///< in a row
  bool is_suspect_ = false; ///< compare before following on
  bool settings_checked_ = false;
  /// The topic's end as it was met, until it is reached or given up.
  std::optional<std::uint64_t> target_;
  std::uint64_t position_ = 0; ///< behind the last record taken
  steady::time_point compared_at_{};
  steady::time_point reachable_at_{};
  /// When a record was last taken, or there was none to take.
  steady::time_point moved_at_{};
  std::optional<steady::time_point> compare_due_;
  std::optional<steady::time_point> full_since_; ///< the disk is too far behind
  bool is_paused_ = false;                       ///< for that
  std::string trouble_;                          ///< what went wrong last
  /// Why the leader, whom it reaches, gives it nothing to read.
  std::string unreadable_;
  std::string told_; ///< why it is offline, as the log was told
  steady::time_point told_at_{};

  std::atomic<std::uint64_t> met_end_{0}; ///< the topic's end as it was met
  std::atomic<bool> woken_{false};
  std::atomic<steady::rep> current_at_{0};
  mutable std::mutex mutex_;
  std::condition_variable called_;
  std::function<void()> listener_; // under mutex_
  std::string offline_;            // under mutex_; empty: the leader answers
  std::string lost_;               // under mutex_; empty: it is not

  // Last: they call wake() until they are gone. Messages go before the
  // consumer.
  std::unique_ptr<kafka_consumer> consumer_;
  std::unique_ptr<kafka_producer> producer_;
  std::unique_ptr<kafka_log_copy> copy_;
  std::shared_ptr<kafka_records> taken_; ///< not in the copy yet
};

} // namespace signalbox
