#include "storage/rocksdb_handle.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "storage/big_endian.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/rocksdb_options.hpp"

namespace signalbox {

namespace {

/// A read-only opening replays the write-ahead log from the page cache without
/// making it durable, but readers may see only what is durable.
rocksdb::Status sync_write_ahead_logs(const std::filesystem::path& directory) {
  std::error_code ignored;
  for (const auto& x :
       std::filesystem::directory_iterator(directory, ignored)) {
    if (x.path().extension() != ".log")
      continue;
    file_descriptor file{::open(x.path().c_str(), O_RDONLY | O_CLOEXEC)};
    if (file && ::fsync(file.get()) != 0)
      return rocksdb::Status::IOError("cannot sync " + x.path().string(),
                                      std::strerror(errno));
  }
  return {};
}

} // namespace

rocksdb::Status rocksdb_handle::open(rocksdb_access how,
                                     const rocksdb::DBOptions& options,
                                     const std::filesystem::path& directory,
                                     std::unique_ptr<rocksdb_handle>& out) {
  std::unique_ptr<rocksdb_handle> x{new rocksdb_handle};
  auto chosen = options;
  rocksdb::DB* database = nullptr;
  rocksdb::Status status;
  const auto families = make_column_families();
  if (how == rocksdb_access::create || how == rocksdb_access::read_write) {
    const bool create = how == rocksdb_access::create;
    chosen.create_if_missing = create;
    chosen.error_if_exists = create;
    chosen.create_missing_column_families = create;
    status = rocksdb::DB::Open(chosen, directory, families, &x->families_,
                               &database);
  } else {
    if (how == rocksdb_access::read_only_damaged)
      chosen.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    // All at once: a process that writes may remove what it has compacted.
    chosen.max_open_files = -1;
    if (auto synced = sync_write_ahead_logs(directory); !synced.ok())
      return synced;
    status = rocksdb::DB::OpenForReadOnly(chosen, directory, families,
                                          &x->families_, &database);
  }
  x->database_.reset(database);
  if (status.ok())
    out = std::move(x);
  return status;
}

rocksdb_handle::~rocksdb_handle() {
  for (auto* family : families_)
    database_->DestroyColumnFamilyHandle(family);
}

std::unique_ptr<rocksdb::Iterator>
rocksdb_handle::scan(rocksdb::ColumnFamilyHandle* family) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(
      database_->NewIterator(options, family));
}

std::optional<std::uint64_t>
rocksdb_handle::log_end(rocksdb::Status* status) const {
  auto last = scan(log());
  last->SeekToLast();
  const auto outcome = last->status();
  if (status)
    *status = outcome;
  if (!outcome.ok() || (last->Valid() && last->key().size() != 8))
    return std::nullopt;
  return last->Valid() ? from_big_endian(last->key().data()) + 1 : 0;
}

} // namespace signalbox
