#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "storage/rocksdb_database.hpp"
#include "storage/stream.hpp"

namespace signalbox {

/// A stream of one machine, in the column family `default` of the database,
/// which every database has: one that an older program made opens as it is.
///
///     key   = tag || index, u64 big endian
///     value = append time, u64 big endian || record
///     key   = tag || "end"
///     value = index of the next record, u64 big endian
///
/// `end` is written with every trim, so that indexes go on where they were
/// when all entries are gone. A group is one batch under one fsync. After a
/// failed append the next one, here or of the log, reopens the database and
/// shows whether the lost group is there.
class rocksdb_stream final : public event_stream {
 public:
  /// `tag`, one byte or two, tells streams apart; for ever.
  /// Errors: `log_corrupt`, `io`.
  static result<std::unique_ptr<rocksdb_stream>>
  open(rocksdb_database::pointer database, std::string tag);

  std::uint64_t begin() const override { return begin_; }
  std::uint64_t end() const override { return end_; }
  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp append_time) override;
  result<void> read(std::uint64_t from, const visitor& visit) const override;
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override;
  result<void> trim(timestamp before) override;
  std::uint64_t bytes() const override;

  /// Appends entries of another stream, of which this one is a copy: under
  /// their own indexes, which ascend and may leave holes, and with their own
  /// times; those below end() are there already and passed over. Unsynced,
  /// since what a power failure takes can be copied again. Errors: as append().
  result<void> copy(std::span<const stream_entry_view> entries);

  /// Drops all entries; the next index is 0 again. Errors: as trim().
  result<void> begin_anew();

 private:
  enum class step { done, stopped, retired };
  enum class direction { forward, back };

  rocksdb_stream(rocksdb_database::pointer database, std::string tag)
      : database_{std::move(database)}, tag_{std::move(tag)} {}

  result<void> find_ends();
  result<void> prepare_append();
  result<void> visit_all(std::uint64_t next, direction where,
                         const visitor& visit) const;
  result<step> visit_some(const rocksdb_handle& handle, std::uint64_t& next,
                          direction where, const visitor& visit) const;
  result<void> drop_below(std::uint64_t first, std::uint64_t end);

  rocksdb_database::pointer database_;
  std::string tag_;
  std::uint64_t generation_ = 0; // the appending thread's
  timestamp last_time_{};        // likewise
  std::atomic<std::uint64_t> begin_{0};
  std::atomic<std::uint64_t> end_{0};
};

} // namespace signalbox
