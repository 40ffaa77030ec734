#pragma once

// Internal to storage, like rocksdb_options.hpp: the files of unsynced_loss_fs.

#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/file_system.h>

#include "storage/unsynced_loss_fs.hpp"

namespace signalbox {

/// One file as all its openings see it: what the disk has, then what only
/// memory has.
struct unsynced_bytes {
  std::mutex mutex;
  std::uint64_t on_disk = 0;
  std::string pending;
};

using unsynced_pointer = std::shared_ptr<unsynced_bytes>;

std::unique_ptr<rocksdb::FSWritableFile>
make_unsynced_writer(std::unique_ptr<rocksdb::FSWritableFile> disk,
                     unsynced_pointer bytes, sync_mode mode);

std::unique_ptr<rocksdb::FSRandomAccessFile>
make_unsynced_reader(std::unique_ptr<rocksdb::FSRandomAccessFile> disk,
                     unsynced_pointer bytes);

std::unique_ptr<rocksdb::FSSequentialFile>
make_unsynced_stream(std::unique_ptr<rocksdb::FSRandomAccessFile> reader);

} // namespace signalbox
