#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

#include "storage/kafka_offsets.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox {

/// One data record of a topic: null ones are empty.
struct kafka_entry {
  std::uint64_t offset = 0;
  timestamp append_time{};
  byte_view record;
};

/// A node's copy of the decisions topic, in the form of the embedded log and in
/// the database of the node's state. It answers reads, so that they need no
/// broker, and is what the node compares the topic with. Besides the log it
/// keeps the runs of offsets:
///
///     key   = "k" || index, u64 big endian      in the family `default`
///     value = offset, u64 big endian
///
/// add() belongs to one thread, the rest to any.
class kafka_mirror {
 public:
  /// Errors: `log_corrupt`, `io`.
  static result<std::unique_ptr<kafka_mirror>>
  open(rocksdb_database::pointer database);

  const rocksdb_log& log() const { return *log_; }
  std::uint64_t size() const { return to_integer(log_->end()); }

  /// The offset of an entry below size().
  std::uint64_t offset_of(std::uint64_t index) const {
    std::lock_guard lock{mutex_};
    return offsets_.offset_of(index);
  }

  /// The entry that came from the offset, given that one did.
  std::uint64_t index_of(std::uint64_t offset) const {
    std::lock_guard lock{mutex_};
    return offsets_.index_of(offset);
  }

  /// Adds those of the entries that it does not hold yet, all or nothing; the
  /// first one has this index. Errors: `read_only`, `pending`, `io`: call it
  /// again later with the same first one. `bug`: it ends before that.
  result<void> add(std::uint64_t first, std::span<const kafka_entry> entries);

 private:
  explicit kafka_mirror(std::unique_ptr<rocksdb_log> log)
      : log_{std::move(log)} {}

  result<void> load_offsets(const rocksdb_database& database);

  std::unique_ptr<rocksdb_log> log_;
  mutable std::mutex mutex_;
  kafka_offsets offsets_; // under mutex_
};

} // namespace signalbox
