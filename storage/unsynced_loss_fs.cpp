#include "storage/unsynced_loss_fs.hpp"

#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "storage/unsynced_file.hpp"

namespace signalbox {

namespace {

using namespace rocksdb;

class unsynced_loss_fs final : public FileSystemWrapper {
 public:
  unsynced_loss_fs(sync_mode mode, std::shared_ptr<FileSystem> base)
      : FileSystemWrapper{std::move(base)}, mode_{mode} {}

  const char* Name() const override { return "unsynced_loss_fs"; }

  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* out,
                           IODebugContext* debug) override {
    auto status = target()->NewWritableFile(name, options, out, debug);
    if (status.ok())
      *out = make_unsynced_writer(std::move(*out), renew(name), mode(name));
    return status;
  }

  IOStatus ReopenWritableFile(const std::string& name,
                              const FileOptions& options,
                              std::unique_ptr<FSWritableFile>* out,
                              IODebugContext* debug) override {
    auto bytes = find(name);
    if (!bytes) {
      uint64_t size = 0;
      target()
          ->GetFileSize(name, options.io_options, &size, debug)
          .PermitUncheckedError(); // a file that is not there yet has none
      bytes = renew(name);
      bytes->on_disk = size;
    }
    auto status = target()->ReopenWritableFile(name, options, out, debug);
    if (status.ok())
      *out = make_unsynced_writer(std::move(*out), bytes, mode(name));
    return status;
  }

  IOStatus ReuseWritableFile(const std::string& name, const std::string& old,
                             const FileOptions& options,
                             std::unique_ptr<FSWritableFile>* out,
                             IODebugContext* debug) override {
    auto status = RenameFile(old, name, options.io_options, debug);
    if (!status.ok())
      return status;
    return NewWritableFile(name, options, out, debug);
  }

  IOStatus NewRandomAccessFile(const std::string& name,
                               const FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* out,
                               IODebugContext* debug) override {
    auto status = target()->NewRandomAccessFile(name, options, out, debug);
    if (auto bytes = find(name); status.ok() && bytes)
      *out = make_unsynced_reader(std::move(*out), bytes);
    return status;
  }

  IOStatus NewSequentialFile(const std::string& name,
                             const FileOptions& options,
                             std::unique_ptr<FSSequentialFile>* out,
                             IODebugContext* debug) override {
    if (!find(name))
      return target()->NewSequentialFile(name, options, out, debug);
    std::unique_ptr<FSRandomAccessFile> source;
    auto status = NewRandomAccessFile(name, options, &source, debug);
    if (status.ok())
      *out = make_unsynced_stream(std::move(source));
    return status;
  }

  IOStatus GetFileSize(const std::string& name, const IOOptions& options,
                       uint64_t* size, IODebugContext* debug) override {
    auto bytes = find(name);
    if (!bytes)
      return target()->GetFileSize(name, options, size, debug);
    std::lock_guard guard{bytes->mutex};
    *size = bytes->on_disk + bytes->pending.size();
    return IOStatus::OK();
  }

  IOStatus Truncate(const std::string& name, size_t size,
                    const IOOptions& options, IODebugContext* debug) override {
    auto bytes = find(name);
    if (!bytes)
      return target()->Truncate(name, size, options, debug);
    std::lock_guard guard{bytes->mutex};
    if (size >= bytes->on_disk) {
      bytes->pending.resize(size - bytes->on_disk);
      return IOStatus::OK();
    }
    bytes->pending.clear();
    bytes->on_disk = size;
    return target()->Truncate(name, size, options, debug);
  }

  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* debug) override {
    auto status = target()->DeleteFile(name, options, debug);
    if (status.ok())
      take(name);
    return status;
  }

  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options,
                      IODebugContext* debug) override {
    auto status = target()->RenameFile(from, to, options, debug);
    if (status.ok())
      put(to, take(from));
    return status;
  }

  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options, IODebugContext* debug) override {
    auto status = target()->LinkFile(from, to, options, debug);
    if (status.ok())
      put(to, find(from));
    return status;
  }

 private:
  sync_mode mode(const std::string& name) const {
    return name.ends_with(".log") ? mode_ : sync_mode::honest;
  }

  unsynced_pointer find(const std::string& name) {
    std::lock_guard guard{mutex_};
    auto i = files_.find(name);
    return i == files_.end() ? nullptr : i->second;
  }

  unsynced_pointer take(const std::string& name) {
    std::lock_guard guard{mutex_};
    auto node = files_.extract(name);
    return node ? node.mapped() : nullptr;
  }

  void put(const std::string& name, unsynced_pointer bytes) {
    std::lock_guard guard{mutex_};
    if (bytes)
      files_[name] = std::move(bytes);
    else
      files_.erase(name);
  }

  unsynced_pointer renew(const std::string& name) {
    auto out = std::make_shared<unsynced_bytes>();
    put(name, out);
    return out;
  }

  const sync_mode mode_;
  std::mutex mutex_;
  std::map<std::string, unsynced_pointer> files_; // those written here
};

} // namespace

std::shared_ptr<rocksdb::FileSystem> make_unsynced_loss_fs(sync_mode mode) {
  return make_unsynced_loss_fs(mode, rocksdb::FileSystem::Default());
}

std::shared_ptr<rocksdb::FileSystem>
make_unsynced_loss_fs(sync_mode mode,
                      std::shared_ptr<rocksdb::FileSystem> base) {
  return std::make_shared<unsynced_loss_fs>(mode, std::move(base));
}

result<std::shared_ptr<rocksdb::FileSystem>>
make_test_file_system(std::string_view name) {
  if (name.empty())
    return std::shared_ptr<rocksdb::FileSystem>{};
  if (name == "drop-unsynced")
    return make_unsynced_loss_fs(sync_mode::honest);
  if (name == "drop-unsynced-no-sync")
    return make_unsynced_loss_fs(sync_mode::wal_ignored);
  return failure{errc::bad_request,
                 std::string(test_file_system_variable) +
                     " must be drop-unsynced or drop-unsynced-no-sync"};
}

result<std::shared_ptr<rocksdb::FileSystem>>
test_file_system_from_environment() {
  const auto* name = std::getenv(test_file_system_variable);
  return make_test_file_system(name ? name : "");
}

} // namespace signalbox
