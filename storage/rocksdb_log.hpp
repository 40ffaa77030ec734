#pragma once

#include <atomic>
#include <memory>

#include "storage/log.hpp"
#include "storage/rocksdb_database.hpp"

namespace signalbox {

/// The log of one machine, in the column family `log` of the database.
///
///     key   = index, u64 big endian
///     value = append time, u64 big endian || record
///
/// A group is one WriteBatch under one fsync. After a failed append the next
/// one reopens the database first, and shows whether the lost group is there.
/// An empty group appends nothing but does that too: it serves as a probe
/// while health() says `read_only`.
class rocksdb_log final : public event_log {
 public:
  /// Errors: as read().
  static result<std::unique_ptr<rocksdb_log>>
  open(rocksdb_database::pointer database);

  log_index end() const override;
  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override;
  result<void> read(log_index from, const visitor& visit) const override;
  log_health health() const override;

  /// A row beside the log, in the column family `default`.
  struct note {
    std::string key, value;
  };

  /// Appends entries of another log, of which this one is a copy: each with its
  /// own time, of any size, perhaps unsynced, since what a power failure takes
  /// can be copied again. Those that it has are left out: a write that seemed
  /// to fail may have landed. The notes land in the same write. Errors: as
  /// append().
  result<void> copy(std::span<const log_entry_view> entries,
                    std::span<const note> notes);

 private:
  enum class progress { done, stopped, retired };

  explicit rocksdb_log(rocksdb_database::pointer database);

  result<void> find_end();
  result<void> prepare_append();
  result<void> check_order(std::span<const log_entry_view> entries) const;
  result<void> copy_as_table(std::span<const log_entry_view> entries);
  result<void> copy_as_batch(std::span<const log_entry_view> entries,
                             std::span<const note> notes);
  result<progress> visit_some(const rocksdb_handle& handle, std::uint64_t& next,
                              std::uint64_t end, const visitor& visit) const;

  rocksdb_database::pointer database_;
  std::uint64_t generation_ = 0; // the appending thread's, as the next
  bool has_unsynced_ = true;     // entries in the write-ahead log
  std::atomic<std::uint64_t> end_{0};
};

} // namespace signalbox
