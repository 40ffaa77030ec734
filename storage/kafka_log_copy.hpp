#pragma once

// Internal to kafka_log.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/kafka_mirror.hpp"
#include "storage/kafka_recent.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// A node's copy of its topic. What is added can be read at once, from memory,
/// and a thread writes it to the disk: neither what is sent nor what is folded
/// waits for that. The thread lets entries gather for up to
/// `kafka_keep_within`, because many of them become a table of their own, which
/// is written once where the write-ahead log would be a second time: on a disk
/// that brokers share, their syncs wait for every write.
///
/// add() belongs to one thread, the rest to any.
class kafka_log_copy {
 public:
  struct callbacks {
    std::function<void()> wake; ///< something was written
    std::function<void(std::string)> warn = nullptr;
  };

  /// Errors: those of kafka_mirror::open.
  static result<std::unique_ptr<kafka_log_copy>>
  open(const rocksdb_database::pointer& database, callbacks call);

  /// Writes what is left, unless that fails.
  ~kafka_log_copy();

  kafka_log_copy(const kafka_log_copy&) = delete;
  kafka_log_copy& operator=(const kafka_log_copy&) = delete;

  std::uint64_t size() const { return size_.load(); }

  /// Adds records that follow; `first` is set here. There must be some.
  void add(std::shared_ptr<kafka_records> x);

  /// Whether more may be added: the disk is not too far behind.
  bool has_room() const;

  /// Errors: those of rocksdb_log::read().
  result<void> read(log_index from, const event_log::visitor& visit) const;

  /// Of the disk; `lost` if it does not hold any more what was written.
  log_health health() const;

  /// How many of the entries are on the disk.
  std::uint64_t written() const { return written_.load(); }

  /// Writes what there is without waiting for more. True if all of it is
  /// written when this returns.
  bool finish(std::chrono::milliseconds patience);

  /// The offset of an entry below size().
  std::uint64_t offset_of(std::uint64_t index) const;

  /// The entry that came from the offset, given that one did and is written.
  std::uint64_t index_of(std::uint64_t offset) const {
    return mirror_->index_of(offset);
  }

  /// Whether this is the entry at the index. Times are not compared: a copied
  /// topic may have been stamped anew.
  result<bool> holds(std::uint64_t index, byte_view record) const;

 private:
  kafka_log_copy(std::unique_ptr<kafka_mirror> mirror, callbacks call);

  void run();
  bool is_due() const;
  struct amount {
    std::size_t bytes = 0, memory = 0;
  };
  result<amount> write(std::uint64_t begin, std::uint64_t end);

  std::unique_ptr<kafka_mirror> mirror_;
  callbacks call_;
  kafka_recent recent_;
  std::atomic<std::uint64_t> size_;
  std::atomic<std::uint64_t> written_;
  std::atomic<std::size_t> unwritten_memory_{0};
  std::atomic<bool> is_shorter_{false}; ///< than what was written

  std::mutex mutex_; // for these:
  std::condition_variable changed_;
  std::size_t unwritten_bytes_ = 0;
  std::chrono::steady_clock::time_point due_{};
  std::uint64_t hurry_ = 0; ///< entries below are waited for
  bool stops_ = false;

  std::thread thread_; // last: uses the others
};

} // namespace signalbox
