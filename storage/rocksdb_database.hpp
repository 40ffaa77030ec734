#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "storage/defaults.hpp"
#include "storage/log.hpp"

namespace rocksdb {
class Env;
class FileSystem;
class Logger;
class SstFileWriter;
class Status;
class WriteBatch;
} // namespace rocksdb

namespace signalbox {

class rocksdb_handle;
enum class rocksdb_access : int;

struct rocksdb_config {
  std::filesystem::path directory;
  /// Null for the operating system's. Tests put faults here.
  std::shared_ptr<rocksdb::FileSystem> file_system = nullptr;
  /// Takes RocksDB's warnings, on any thread; null drops them.
  std::function<void(std::string_view)> warnings = nullptr;
  /// The last entry that the log is known to have held (the head file's). A
  /// log that ends before it is opened read-only, its files left as they are:
  /// opening it for writing would drop what a repair may still find.
  std::optional<log_index> known_entry = std::nullopt;
  /// Least time between two attempts to write again after a refusal.
  std::chrono::milliseconds retry_after = reopen_interval;
  /// How long a reopen waits for readers.
  std::chrono::milliseconds patience = reopen_patience;
};

/// The one database of the embedded engine: log and state lie in it side by
/// side under one write-ahead log, so that a crash cannot part them. It knows
/// whether it takes writes, and reopens itself after an error while readers go
/// on. `rocksdb_log` and `rocksdb_state_store` share it. Any thread.
class rocksdb_database {
 public:
  using pointer = std::shared_ptr<rocksdb_database>;

  /// Errors: `conflict` (there is one already), `unavailable` (in use), `io`.
  static result<pointer> create(rocksdb_config config);

  /// Opens for writing; where that is impossible (damage elsewhere than in the
  /// tail, a log shorter than known, full or read-only disk) opens read-only,
  /// which health() explains. Errors: `not_found`, `unavailable` (in use),
  /// `log_corrupt` or `io` (not even readable).
  static result<pointer> open(rocksdb_config config);

  /// Opens read-only and stays so; does not disturb a process that writes, but
  /// does not follow it either. Errors: as open().
  static result<pointer> open_read_only(rocksdb_config config);

  ~rocksdb_database();

  log_health health() const;

  const std::filesystem::path& directory() const { return config_.directory; }

  /// The current handle, kept open by the pointer; null if even reading is
  /// impossible. Waits for a reopen in progress. A reader checks `retired`
  /// between entries and lets go, else a reopen has to give up.
  std::shared_ptr<rocksdb_handle> acquire() const;

  /// Counts the openings for writing: a change means that the fate of earlier
  /// failed writes is decided and visible.
  std::uint64_t generation() const;

  /// Reopens after an error, if it is time to. Errors: `read_only`.
  result<void> ensure_writable();

  enum class durability { synced, unsynced };

  /// Writes the batch as one. Errors: `pending` (perhaps written, fate visible
  /// after the next reopen), `read_only` (not written).
  result<void> write(rocksdb::WriteBatch& batch, durability how);

  /// From here on what was written unsynced outlasts a power failure.
  /// Errors: as write().
  result<void> sync();

  /// Adds what `fill` writes, in the order of its keys and behind all that the
  /// log holds, as a table file of the log: once on the disk instead of twice,
  /// and synced. Errors: as write().
  result<void> add_table(
      const std::function<rocksdb::Status(rocksdb::SstFileWriter&)>& fill);

  /// Writes what only the write-ahead log holds to table files, so that the
  /// next start does not replay it. Errors: `read_only`.
  result<void> flush();

  /// Turns what a reader met into a failure; damage ends writing, and the first
  /// is a warning too: its reader may be a stranger's request. `where`: such as
  /// " at entry 5".
  failure report_read_failure(const rocksdb::Status& status,
                              const std::string& where = {});

 private:
  enum class state { writable, refused, refused_for_good };

  explicit rocksdb_database(rocksdb_config config);

  rocksdb::Status open_handle(rocksdb_access how);
  bool is_shorter_than_known();
  result<void> open_for_reading(const rocksdb::Status& refusal);
  result<void> reopen();
  result<void> retire_handle();
  rocksdb::Status probe() const;
  result<void> judge(const rocksdb::Status& written);
  failure refuse(const rocksdb::Status& why);
  bool set(state x, std::string reason); ///< whether the state is another

  rocksdb_config config_;
  std::shared_ptr<rocksdb::Logger> logger_;
  std::unique_ptr<rocksdb::Env> own_env_; // outlives the handle

  std::mutex reopening_; // held during an attempt; taken before mutex_
  std::optional<std::chrono::steady_clock::time_point> last_attempt_;

  mutable std::mutex mutex_;
  mutable std::condition_variable handle_ready_;
  bool swapping_ = false;
  std::shared_ptr<rocksdb_handle> handle_;
  std::future<void> handle_closed_;
  std::uint64_t generation_ = 0;
  state state_ = state::refused;
  std::string reason_;
};

} // namespace signalbox
