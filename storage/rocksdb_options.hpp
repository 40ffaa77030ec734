#pragma once

// Internal to storage: the one header that says how RocksDB is set up. It pulls
// in RocksDB, so no header that others include may include it.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

namespace signalbox {

/// Forwards RocksDB's warnings to `sink`, or drops them. RocksDB's own file
/// logger is never used: the one of Debian 12 aborts on a full disk.
std::shared_ptr<rocksdb::Logger>
make_rocksdb_logger(std::function<void(std::string_view)> sink);

/// Options that both Debian releases understand; files written under them are
/// read by either.
rocksdb::DBOptions make_database_options(rocksdb::Env* env,
                                         std::shared_ptr<rocksdb::Logger> log);

/// In this order: `default` (RocksDB insists on it; unused), `log`, `state`.
std::vector<rocksdb::ColumnFamilyDescriptor> make_column_families();

} // namespace signalbox
