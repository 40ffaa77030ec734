#pragma once

#include "storage/rocksdb_log.hpp"
#include "tests/storage/log_steps.hpp"
#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// A log in a directory, which can be closed and opened again. Every step ends
/// the test if it fails.
class rocksdb_engine {
 public:
  rocksdb_engine() : rocksdb_engine{rocksdb_config{}} {}

  /// An empty directory in the configuration means a temporary one.
  explicit rocksdb_engine(rocksdb_config config) : config_{std::move(config)} {
    if (config_.directory.empty())
      config_.directory = dir_.path() / "db";
    // Boost.Test has no virtual clock for RocksDB: a retry is due at once.
    config_.retry_after = std::chrono::milliseconds{0};
    use(rocksdb_database::create(config_));
  }

  event_log& log() { return *log_; }
  rocksdb_database::pointer database() { return database_; }
  rocksdb_config& config() { return config_; }
  std::filesystem::path path() const { return config_.directory; }

  void close() {
    log_.reset();
    database_.reset();
  }

  void open() { use(rocksdb_database::open(config_)); }

  void reopen() {
    close();
    open();
  }

  /// The write-ahead log that holds what was appended last.
  std::filesystem::path newest_wal() const { return newest(".log"); }

  /// The newest file of this kind that is not empty.
  std::filesystem::path newest(const std::string& extension) const {
    std::filesystem::path out;
    for (const auto& x : std::filesystem::directory_iterator(path()))
      if (x.path().extension() == extension && x.file_size() > 0 &&
          x.path() > out)
        out = x.path();
    if (out.empty())
      BOOST_FAIL("no " << extension << " file in " << path());
    return out;
  }

 private:
  void use(result<rocksdb_database::pointer> database) {
    if (!database)
      BOOST_FAIL(database.error().message);
    database_ = *database;
    auto log = rocksdb_log::open(database_);
    if (!log)
      BOOST_FAIL(log.error().message);
    log_ = std::move(*log);
  }

  temporary_directory dir_;
  rocksdb_config config_;
  rocksdb_database::pointer database_;
  std::unique_ptr<rocksdb_log> log_;
};

} // namespace signalbox::test
