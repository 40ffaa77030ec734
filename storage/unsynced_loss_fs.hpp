#pragma once

#include <memory>
#include <string_view>

#include "events/errors.hpp"

namespace rocksdb {
class FileSystem;
} // namespace rocksdb

namespace signalbox {

/// The environment variable that puts a test file system under the database
/// of a server; see make_test_file_system for its values. Not for production:
/// it exists so that a kill loses what a power failure would.
inline constexpr const char* test_file_system_variable =
    "SIGNALBOX_TEST_FILE_SYSTEM";

/// `wal_ignored` takes the sync away that acknowledges an append: syncs of
/// write-ahead logs (*.log) answer "done" and do nothing. Others stay honest,
/// since a database without its CURRENT file does not open and proves nothing.
enum class sync_mode { honest, wal_ignored };

/// A file system that keeps what is appended to a file in memory until the
/// file is synced; if the process dies, or the object, that is gone.
///
/// Modelled: bytes appended to files opened for writing, whole appends in
/// order. RangeSync gives no durability. Reads, sizes and truncation see the
/// bytes in memory.
/// Not modelled: creating, renaming, linking and removing files are durable at
/// once, with or without a sync of their directory; no torn or reordered
/// sectors; random-access writing and memory mappings pass through.
std::shared_ptr<rocksdb::FileSystem> make_unsynced_loss_fs(sync_mode mode);

/// As above over another file system than the operating system's.
std::shared_ptr<rocksdb::FileSystem>
make_unsynced_loss_fs(sync_mode mode,
                      std::shared_ptr<rocksdb::FileSystem> base);

/// `drop-unsynced` or `drop-unsynced-no-sync`; empty gives null, the operating
/// system's. Errors: `bad_request`.
result<std::shared_ptr<rocksdb::FileSystem>>
make_test_file_system(std::string_view name);

/// What the environment variable asks for. Errors: as make_test_file_system.
result<std::shared_ptr<rocksdb::FileSystem>>
test_file_system_from_environment();

} // namespace signalbox
