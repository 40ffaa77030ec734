#pragma once

#include "storage/rocksdb_database.hpp"
#include "storage/state_store.hpp"

namespace signalbox {

/// The fold's rows, in the column family `state` of the database. Writes are
/// not synced: they lie behind the synced log entries in the same write-ahead
/// log, so a crash can only take state back, never ahead of the log.
class rocksdb_state_store final : public state_store {
 public:
  explicit rocksdb_state_store(rocksdb_database::pointer database);

  /// Errors: `pending` and `read_only`, as rocksdb_database::write.
  result<void> write(const state_batch& batch) override;

  /// Errors: `log_corrupt`, `io`.
  result<void> scan(std::string_view prefix,
                    const visitor& visit) const override;

  /// Errors: as write() and scan().
  result<void> clear() override;

 private:
  rocksdb_database::pointer database_;
};

} // namespace signalbox
