#include "storage/rocksdb_log.hpp"

#include <array>
#include <utility>

#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include "events/envelope.hpp"
#include "storage/big_endian.hpp"
#include "storage/defaults.hpp"
#include "storage/log_failures.hpp"
#include "storage/rocksdb_handle.hpp"

namespace signalbox {

namespace {

constexpr std::size_t time_bytes = 8;

rocksdb::Slice to_slice(const std::array<char, 8>& bytes) {
  return {bytes.data(), bytes.size()};
}

/// The time that is stored before the record.
std::array<char, time_bytes> to_bytes(timestamp x) {
  return to_big_endian(static_cast<std::uint64_t>(to_integer(x)));
}

std::size_t bytes_of(std::span<const log_entry_view> entries) {
  std::size_t out = 0;
  for (auto& x : entries)
    out += x.record.size();
  return out;
}

void put(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family,
         std::uint64_t index, timestamp append_time, byte_view record) {
  const auto key = to_big_endian(index);
  const auto time = to_bytes(append_time);
  const auto text = as_text(record);
  const auto key_slice = to_slice(key);
  const std::array<rocksdb::Slice, 2> value{to_slice(time),
                                            {text.data(), text.size()}};
  // In memory: fails only above 4 GiB, which the write then reports.
  batch
      .Put(family, rocksdb::SliceParts(&key_slice, 1),
           rocksdb::SliceParts(value.data(), 2))
      .PermitUncheckedError();
}

failure no_handle(const rocksdb_database& database) {
  return {errc::io, database.health().reason};
}

} // namespace

rocksdb_log::rocksdb_log(rocksdb_database::pointer database)
    : database_{std::move(database)} {}

result<std::unique_ptr<rocksdb_log>>
rocksdb_log::open(rocksdb_database::pointer database) {
  std::unique_ptr<rocksdb_log> out{new rocksdb_log{std::move(database)}};
  if (auto x = out->find_end(); !x)
    return x.error();
  return out;
}

result<void> rocksdb_log::find_end() {
  const auto generation = database_->generation();
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  rocksdb::Status status;
  const auto end = handle->log_end(&status);
  if (!status.ok())
    return database_->report_read_failure(status);
  if (!end)
    return log_gap(log_index{0}, database_->directory());
  end_ = *end;
  generation_ = generation;
  return {};
}

log_index rocksdb_log::end() const {
  return log_index{end_.load()};
}

log_health rocksdb_log::health() const {
  return database_->health();
}

result<log_index> rocksdb_log::append(std::span<const byte_view> records,
                                      timestamp append_time) {
  for (auto record : records)
    if (record.size() > max_record_bytes)
      return record_too_large(record.size());
  if (auto x = prepare_append(); !x)
    return x.error();
  const auto first = end_.load();
  if (records.empty())
    return log_index{first};
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  rocksdb::WriteBatch batch;
  for (std::size_t i = 0; i < records.size(); ++i)
    put(batch, handle->log(), first + i, append_time, records[i]);
  handle.reset();
  if (auto x = database_->write(batch, rocksdb_database::durability::synced);
      !x)
    return x.error();
  end_ = first + records.size();
  return log_index{first};
}

result<void> rocksdb_log::prepare_append() {
  if (auto x = database_->ensure_writable(); !x)
    return x;
  return generation_ == database_->generation() ? result<void>{} : find_end();
}

result<void> rocksdb_log::copy(std::span<const log_entry_view> entries,
                               std::span<const note> notes) {
  if (auto x = prepare_append(); !x)
    return x;
  while (!entries.empty() && to_integer(entries.front().index) < end_)
    entries = entries.subspan(1);
  if (auto x = check_order(entries); !x)
    return x;
  // A note must not be lost where its entries are kept.
  const bool is_large = notes.empty() && bytes_of(entries) >= large_batch_bytes;
  auto done = is_large ? copy_as_table(entries) : copy_as_batch(entries, notes);
  if (done)
    end_ += entries.size();
  return done;
}

result<void>
rocksdb_log::check_order(std::span<const log_entry_view> entries) const {
  for (auto next = end_.load(); auto& x : entries)
    if (to_integer(x.index) != next++)
      return failure{errc::bug, "entries are copied in their order"};
  return {};
}

result<void>
rocksdb_log::copy_as_table(std::span<const log_entry_view> entries) {
  // The table is synced: a power failure must not take what lies before it.
  if (has_unsynced_)
    if (auto x = database_->sync(); !x)
      return x;
  has_unsynced_ = false;
  return database_->add_table([&](rocksdb::SstFileWriter& out) {
    rocksdb::Status status;
    std::string value;
    for (auto& x : entries) {
      const auto key = to_big_endian(to_integer(x.index));
      const auto time = to_bytes(x.append_time);
      value.assign(time.data(), time.size()).append(as_text(x.record));
      if (status = out.Put(to_slice(key), value); !status.ok())
        break;
    }
    return status;
  });
}

result<void> rocksdb_log::copy_as_batch(std::span<const log_entry_view> entries,
                                        std::span<const note> notes) {
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  rocksdb::WriteBatch batch;
  for (auto& x : entries)
    put(batch, handle->log(), to_integer(x.index), x.append_time, x.record);
  for (auto& x : notes)
    batch.Put(handle->database().DefaultColumnFamily(), x.key, x.value)
        .PermitUncheckedError();
  handle.reset();
  has_unsynced_ = true;
  return database_->write(batch, rocksdb_database::durability::unsynced);
}

result<void> rocksdb_log::read(log_index from, const visitor& visit) const {
  auto next = to_integer(from);
  const auto end = end_.load();
  std::string damage;
  do {
    auto handle = database_->acquire();
    if (!handle)
      return no_handle(*database_);
    damage = handle->damage;
    auto x = visit_some(*handle, next, end, visit);
    if (!x)
      return x.error();
    if (*x == progress::stopped)
      return {};
  } while (next < end);
  // The end of a damaged log is not its end: say so instead of falling silent.
  if (!damage.empty())
    return failure{errc::log_corrupt, damage};
  return {};
}

result<rocksdb_log::progress>
rocksdb_log::visit_some(const rocksdb_handle& handle, std::uint64_t& next,
                        std::uint64_t end, const visitor& visit) const {
  if (next >= end)
    return progress::done;
  auto entry = handle.scan(handle.log());
  const auto start = to_big_endian(next);
  for (entry->Seek(to_slice(start)); entry->Valid(); entry->Next()) {
    if (handle.retired.load(std::memory_order_relaxed))
      return progress::retired;
    const auto key = entry->key();
    const auto value = entry->value();
    if (key.size() != 8 || from_big_endian(key.data()) != next ||
        value.size() < time_bytes)
      return log_gap(log_index{next}, database_->directory());
    const auto time = static_cast<std::int64_t>(from_big_endian(value.data()));
    const auto record =
        as_bytes({value.data() + time_bytes, value.size() - time_bytes});
    const log_entry_view view{log_index{next++}, timestamp{time}, record};
    if (!visit(view))
      return progress::stopped;
    if (next == end)
      return progress::done;
  }
  if (!entry->status().ok())
    return database_->report_read_failure(entry->status(),
                                          " at entry " + std::to_string(next));
  return log_gap(log_index{next}, database_->directory());
}

} // namespace signalbox
