#include "storage/rocksdb_options.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>

#include "storage/defaults.hpp"

namespace signalbox {

namespace {

class forwarding_logger final : public rocksdb::Logger {
 public:
  explicit forwarding_logger(std::function<void(std::string_view)> sink)
      : Logger{rocksdb::InfoLogLevel::WARN_LEVEL}, sink_{std::move(sink)} {}

  using Logger::Logv;

  void Logv(const char* format, va_list arguments) override {
    if (!sink_)
      return;
    std::array<char, 1024> line;
    const auto n = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (n > 0)
      sink_({line.data(),
             std::min(static_cast<std::size_t>(n), line.size() - 1)});
  }

 private:
  std::function<void(std::string_view)> sink_;
};

std::shared_ptr<rocksdb::TableFactory>
make_table_factory(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions out;
  out.format_version = 5; // the newest that Debian 12's RocksDB reads
  out.block_size = 16 * 1024;
  out.block_cache = std::move(cache);
  out.cache_index_and_filter_blocks = true; // keeps the memory bounded
  out.initial_auto_readahead_size = 64 * 1024;
  out.max_auto_readahead_size = scan_readahead_bytes;
  return std::shared_ptr<rocksdb::TableFactory>(
      rocksdb::NewBlockBasedTableFactory(out));
}

} // namespace

std::shared_ptr<rocksdb::Logger>
make_rocksdb_logger(std::function<void(std::string_view)> sink) {
  return std::make_shared<forwarding_logger>(std::move(sink));
}

rocksdb::DBOptions make_database_options(rocksdb::Env* env,
                                         std::shared_ptr<rocksdb::Logger> log) {
  rocksdb::DBOptions out;
  out.env = env;
  out.info_log = std::move(log);
  out.wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.db_write_buffer_size = write_buffers_bytes;
  out.max_total_wal_size = 2 * write_buffers_bytes; // bounds the recovery
  out.max_manifest_file_size = 16 * 1024 * 1024;
  out.max_open_files = 256;
  out.max_file_opening_threads = 2;
  out.max_background_jobs = 2;
  out.bytes_per_sync = 1024 * 1024;
  out.wal_bytes_per_sync = 1024 * 1024;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  // After an error the database is reopened, which judges what the log holds;
  // RocksDB must not resume by itself in between.
  out.max_bgerror_resume_count = 0;
  return out;
}

std::vector<rocksdb::ColumnFamilyDescriptor> make_column_families() {
  rocksdb::ColumnFamilyOptions x;
  x.compression = rocksdb::kLZ4Compression;
  x.table_factory = make_table_factory(rocksdb::NewLRUCache(block_cache_bytes));
  x.level_compaction_dynamic_level_bytes = true; // the default differs
  x.write_buffer_size = write_buffers_bytes / 2;
  auto state = x;
  state.write_buffer_size = write_buffers_bytes / 4;
  return {
      {rocksdb::kDefaultColumnFamilyName, state}, {"log", x}, {"state", state}};
}

} // namespace signalbox
