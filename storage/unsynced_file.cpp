#include "storage/unsynced_file.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace signalbox {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class writer final : public rocksdb::FSWritableFile {
 public:
  writer(std::unique_ptr<FSWritableFile> disk, unsynced_pointer bytes,
         sync_mode mode)
      : disk_{std::move(disk)}, bytes_{std::move(bytes)}, mode_{mode} {}

  using FSWritableFile::Append;

  IOStatus Append(const Slice& data, const IOOptions&,
                  IODebugContext*) override {
    std::lock_guard guard{bytes_->mutex};
    bytes_->pending.append(data.data(), data.size());
    return IOStatus::OK();
  }

  IOStatus Truncate(uint64_t size, const IOOptions& options,
                    IODebugContext* debug) override {
    std::lock_guard guard{bytes_->mutex};
    if (size >= bytes_->on_disk) {
      bytes_->pending.resize(size - bytes_->on_disk);
      return IOStatus::OK();
    }
    bytes_->pending.clear();
    bytes_->on_disk = size;
    return disk_->Truncate(size, options, debug);
  }

  // What is pending stays so: a close makes nothing durable.
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return disk_->Close(options, debug);
  }

  IOStatus Flush(const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    std::lock_guard guard{bytes_->mutex};
    if (mode_ == sync_mode::wal_ignored)
      return IOStatus::OK();
    if (auto x = pass_on(options, debug); !x.ok())
      return x;
    return disk_->Sync(options, debug);
  }

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    std::lock_guard guard{bytes_->mutex};
    if (mode_ == sync_mode::wal_ignored)
      return IOStatus::OK();
    if (auto x = pass_on(options, debug); !x.ok())
      return x;
    return disk_->Fsync(options, debug);
  }

  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&,
                     IODebugContext*) override {
    return IOStatus::OK();
  }

  bool IsSyncThreadSafe() const override { return true; }

  IOStatus InvalidateCache(size_t, size_t) override { return IOStatus::OK(); }

  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    std::lock_guard guard{bytes_->mutex};
    return bytes_->on_disk + bytes_->pending.size();
  }

 private:
  IOStatus pass_on(const IOOptions& options, IODebugContext* debug) {
    if (bytes_->pending.empty())
      return IOStatus::OK();
    auto status = disk_->Append(bytes_->pending, options, debug);
    if (status.ok())
      status = disk_->Flush(options, debug);
    if (!status.ok())
      return status;
    bytes_->on_disk += bytes_->pending.size();
    bytes_->pending.clear();
    return status;
  }

  std::unique_ptr<FSWritableFile> disk_;
  unsynced_pointer bytes_;
  sync_mode mode_;
};

class reader final : public rocksdb::FSRandomAccessFile {
 public:
  reader(std::unique_ptr<FSRandomAccessFile> disk, unsynced_pointer bytes)
      : disk_{std::move(disk)}, bytes_{std::move(bytes)} {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions& options, Slice* out,
                char* scratch, IODebugContext* debug) const override {
    *out = Slice{scratch, 0};
    if (n == 0)
      return IOStatus::OK();
    std::lock_guard guard{bytes_->mutex};
    const auto disk_left = bytes_->on_disk - std::min(bytes_->on_disk, offset);
    if (n <= disk_left)
      return disk_->Read(offset, n, options, out, scratch, debug);
    Slice head;
    if (disk_left > 0) {
      auto x = disk_->Read(offset, disk_left, options, &head, scratch, debug);
      if (!x.ok())
        return x;
      std::memmove(scratch, head.data(), head.size());
    }
    const auto from = offset + disk_left - bytes_->on_disk;
    const auto& tail = bytes_->pending;
    const auto start = std::min<std::size_t>(from, tail.size());
    const auto count = std::min(n - disk_left, tail.size() - start);
    std::memcpy(scratch + head.size(), tail.data() + start, count);
    *out = Slice{scratch, head.size() + count};
    return IOStatus::OK();
  }

  size_t GetUniqueId(char* id, size_t size) const override {
    return disk_->GetUniqueId(id, size);
  }

 private:
  std::unique_ptr<FSRandomAccessFile> disk_;
  unsynced_pointer bytes_;
};

class stream final : public rocksdb::FSSequentialFile {
 public:
  explicit stream(std::unique_ptr<rocksdb::FSRandomAccessFile> source)
      : source_{std::move(source)} {}

  IOStatus Read(size_t n, const IOOptions& options, Slice* out, char* scratch,
                IODebugContext* debug) override {
    auto status = source_->Read(offset_, n, options, out, scratch, debug);
    if (status.ok())
      offset_ += out->size();
    return status;
  }

  IOStatus Skip(uint64_t n) override {
    offset_ += n;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<rocksdb::FSRandomAccessFile> source_;
  uint64_t offset_ = 0;
};

} // namespace

std::unique_ptr<rocksdb::FSWritableFile>
make_unsynced_writer(std::unique_ptr<rocksdb::FSWritableFile> disk,
                     unsynced_pointer bytes, sync_mode mode) {
  return std::make_unique<writer>(std::move(disk), std::move(bytes), mode);
}

std::unique_ptr<rocksdb::FSRandomAccessFile>
make_unsynced_reader(std::unique_ptr<rocksdb::FSRandomAccessFile> disk,
                     unsynced_pointer bytes) {
  return std::make_unique<reader>(std::move(disk), std::move(bytes));
}

std::unique_ptr<rocksdb::FSSequentialFile>
make_unsynced_stream(std::unique_ptr<rocksdb::FSRandomAccessFile> source) {
  return std::make_unique<stream>(std::move(source));
}

} // namespace signalbox
