#include "storage/rocksdb_state_store.hpp"

#include <utility>

#include <rocksdb/write_batch.h>

#include "storage/defaults.hpp"
#include "storage/rocksdb_handle.hpp"

namespace signalbox {

namespace {

constexpr auto unsynced = rocksdb_database::durability::unsynced;

failure no_handle(const rocksdb_database& database) {
  return {errc::io, database.health().reason};
}

} // namespace

rocksdb_state_store::rocksdb_state_store(rocksdb_database::pointer database)
    : database_{std::move(database)} {}

result<void> rocksdb_state_store::write(const state_batch& batch) {
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  rocksdb::WriteBatch out;
  // Filling a batch is memory work; a batch that is too large fails as a whole
  // when it is written.
  for (const auto& [key, value] : batch.puts)
    out.Put(handle->state(), key, value).PermitUncheckedError();
  for (const auto& key : batch.erases)
    out.Delete(handle->state(), key).PermitUncheckedError();
  handle.reset();
  auto written = database_->write(out, unsynced);
  if (!written || out.GetDataSize() < large_batch_bytes)
    return written;
  return database_->flush();
}

result<void> rocksdb_state_store::scan(std::string_view prefix,
                                       const visitor& visit) const {
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  auto row = handle->scan(handle->state());
  const rocksdb::Slice start{prefix.data(), prefix.size()};
  for (row->Seek(start); row->Valid(); row->Next())
    if (!row->key().starts_with(start) ||
        !visit(row->key().ToStringView(), row->value().ToStringView()))
      return {};
  if (!row->status().ok())
    return database_->report_read_failure(row->status());
  return {};
}

result<void> rocksdb_state_store::clear() {
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  auto last = handle->scan(handle->state());
  last->SeekToLast();
  if (!last->status().ok())
    return database_->report_read_failure(last->status());
  if (!last->Valid())
    return {};
  // A range excludes its end, so the last row is named by itself.
  rocksdb::WriteBatch out;
  out.DeleteRange(handle->state(), rocksdb::Slice{}, last->key())
      .PermitUncheckedError();
  out.Delete(handle->state(), last->key()).PermitUncheckedError();
  last.reset();
  handle.reset();
  return database_->write(out, unsynced);
}

} // namespace signalbox
