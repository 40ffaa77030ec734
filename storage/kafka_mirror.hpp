#pragma once

#include <cstdint>
#include <memory>
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
/// the database of the node's state. It answers every read, so that reads need
/// no broker, and is what the node compares the topic with. Besides the log it
/// keeps the runs of offsets:
///
///     key   = "k" || index, u64 big endian      in the family `default`
///     value = offset, u64 big endian
class kafka_mirror {
 public:
  /// Errors: `log_corrupt`, `io`.
  static result<std::unique_ptr<kafka_mirror>>
  open(rocksdb_database::pointer database);

  const rocksdb_log& log() const { return *log_; }
  std::uint64_t size() const { return to_integer(log_->end()); }

  /// The offset of an entry below size().
  std::uint64_t offset_of(std::uint64_t index) const {
    return offsets_.offset_of(index);
  }

  /// The entry that came from the offset, given that one did.
  std::uint64_t index_of(std::uint64_t offset) const {
    return offsets_.index_of(offset);
  }

  /// Behind the last entry's; 0 if there is none. Records below were taken.
  std::uint64_t next_offset() const {
    return size() == 0 ? 0 : offset_of(size() - 1) + 1;
  }

  /// Whether this is the entry at the index, as it was copied. Times are not
  /// compared: a copied topic may have been stamped anew.
  result<bool> holds(std::uint64_t index, byte_view record) const;

  /// Adds those of the entries that it does not hold yet, all or nothing; the
  /// first one has this index, at most size(). Errors: `read_only`, `pending`,
  /// `io`: call it again later.
  result<void> add(std::uint64_t first, std::span<const kafka_entry> entries);

 private:
  explicit kafka_mirror(std::unique_ptr<rocksdb_log> log)
      : log_{std::move(log)} {}

  result<void> load_offsets(const rocksdb_database& database);

  std::unique_ptr<rocksdb_log> log_;
  kafka_offsets offsets_;
};

} // namespace signalbox
