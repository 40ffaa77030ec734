#pragma once

// Internal to storage, like rocksdb_options.hpp.

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

namespace signalbox {

/// `read_only_damaged` shows what lies before the damage.
enum class rocksdb_access : int {
  create,
  read_write,
  read_only,
  read_only_damaged
};

/// One opening of the database. A reopen makes a new handle; readers hold the
/// old one until they are between two entries, see `retired`.
class rocksdb_handle {
 public:
  static rocksdb::Status open(rocksdb_access how,
                              const rocksdb::DBOptions& options,
                              const std::filesystem::path& directory,
                              std::unique_ptr<rocksdb_handle>& out);

  ~rocksdb_handle();
  rocksdb_handle(const rocksdb_handle&) = delete;
  rocksdb_handle& operator=(const rocksdb_handle&) = delete;

  rocksdb::DB& database() const { return *database_; }
  rocksdb::ColumnFamilyHandle* log() const { return families_[1]; }
  rocksdb::ColumnFamilyHandle* state() const { return families_[2]; }

  /// A fresh iterator for a scan; blocks that it passes do not stay cached.
  std::unique_ptr<rocksdb::Iterator>
  scan(rocksdb::ColumnFamilyHandle* family) const;

  /// One more than the last index; nullopt if `status` says why not, or if the
  /// last key is no index (`status` is ok then).
  std::optional<std::uint64_t> log_end(rocksdb::Status* status = nullptr) const;

  /// Set when somebody waits for this handle to be let go.
  std::atomic<bool> retired{false};

  /// Set if entries behind a damage are hidden: why.
  std::string damage;

 private:
  rocksdb_handle() = default;

  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

} // namespace signalbox
