#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/rocksdb_stream.hpp"

namespace signalbox {

/// A node's copy of the topic of a stream: every partition by itself, in the
/// database of the node, under the offsets of its records.
///
///     key   = tag || partition, u8 || offset, u64 big endian
///     value = append time, u64 big endian || record
///     key   = tag || "partitions"
///     value = how many the topic has, u64 big endian
///
/// Where to read on is behind the last record, so that it cannot part from
/// what was copied. The index of a record is `offset * partitions + partition`:
/// the same on every node, whenever it joined, and the offset itself where
/// there is one partition.
///
/// One thread changes it; any thread reads.
class kafka_stream_copy {
 public:
  using visitor = event_stream::visitor;

  static constexpr int max_partitions = 250;

  /// `tag` tells streams apart; for ever. Errors: `log_corrupt`, `io`.
  static result<std::unique_ptr<kafka_stream_copy>>
  open(rocksdb_database::pointer database, char tag);

  /// 0 until it was laid out.
  int partitions() const;

  /// Notes how many partitions the topic has. Errors: `conflict` (it had
  /// another number), `bad_request` (too many), and those of the database.
  result<void> lay_out(int partitions);

  /// Where to read the partition on.
  std::uint64_t next_offset(int partition) const;

  /// The offset of the first record that is kept of the partition at or behind
  /// `from`, if there is one.
  result<std::optional<std::uint64_t>> first_offset(int partition,
                                                    std::uint64_t from) const;

  /// Whether this is the record at the offset, as it was copied.
  result<bool> holds(int partition, std::uint64_t offset,
                     byte_view record) const;

  /// Adds what follows in a partition; `index` is the offset here.
  result<void> add(int partition, std::span<const stream_entry_view> entries);

  /// Drops what was copied of the partition, which begins at 0 again.
  result<void> begin_anew(int partition);

  std::uint64_t index_of(int partition, std::uint64_t offset) const;

  // See event_stream and shared_stream.
  std::uint64_t begin() const;
  std::uint64_t end() const;
  std::uint64_t size() const;
  std::uint64_t bytes() const;
  result<void> read(std::uint64_t from, const visitor& visit) const;
  result<void> read_back(std::uint64_t before, const visitor& visit) const;
  result<void> trim(timestamp before);

 private:
  using part = std::shared_ptr<rocksdb_stream>;

  kafka_stream_copy(rocksdb_database::pointer database, char tag)
      : database_{std::move(database)}, tag_{tag} {}

  result<void> open_parts(int partitions);
  std::vector<part> parts() const;
  part part_of(int partition) const;
  std::string count_key() const { return tag_ + std::string{"partitions"}; }

  rocksdb_database::pointer database_;
  char tag_;
  mutable std::mutex mutex_;
  std::vector<part> parts_; // under mutex_; filled once
};

} // namespace signalbox
