#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace signalbox::test {

/// Passes everything on until told to fail appends or syncs of the write-ahead
/// log and of tables that are added, or every creation of a file.
class failing_fs final : public rocksdb::FileSystemWrapper {
 public:
  failing_fs() : FileSystemWrapper{rocksdb::FileSystem::Default()} {}

  std::atomic<bool> fail_appends{false};
  std::atomic<bool> land_appends{false}; ///< those that fail are made anyway
  std::atomic<bool> fail_syncs{false};
  std::atomic<bool> fail_creations{false};
  std::string error = "injected";

  const char* Name() const override { return "failing_fs"; }

  rocksdb::IOStatus
  NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                  std::unique_ptr<rocksdb::FSWritableFile>* out,
                  rocksdb::IODebugContext* debug) override {
    if (fail_creations)
      return rocksdb::IOStatus::IOError(error);
    auto status = target()->NewWritableFile(name, options, out, debug);
    if (status.ok() && (name.ends_with(".log") || name.ends_with(".table")))
      *out = std::make_unique<file>(std::move(*out), *this);
    return status;
  }

 private:
  class file final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    file(std::unique_ptr<rocksdb::FSWritableFile> base, failing_fs& fs)
        : FSWritableFileOwnerWrapper{std::move(base)}, fs_{fs} {}

    using FSWritableFileOwnerWrapper::Append;

    rocksdb::IOStatus Append(const rocksdb::Slice& data,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (fs_.fail_appends) {
        if (fs_.land_appends)
          target()->Append(data, options, debug).PermitUncheckedError();
        return rocksdb::IOStatus::IOError(fs_.error);
      }
      return target()->Append(data, options, debug);
    }

    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (fs_.fail_syncs)
        return rocksdb::IOStatus::IOError(fs_.error);
      return target()->Sync(options, debug);
    }

    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
      return Sync(options, debug);
    }

   private:
    failing_fs& fs_;
  };
};

} // namespace signalbox::test
