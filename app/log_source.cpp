#include "app/log_source.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "app/backup_file.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/kafka_log.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox {

namespace fs = std::filesystem;

/// A folder for temporary files, removed with its object.
class log_source::folder {
 public:
  folder() = default;
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code ignored;
    if (!path_.empty())
      fs::remove_all(path_, ignored);
  }

  result<void> open() {
    std::error_code error;
    auto name = (fs::temp_directory_path(error) / "signalbox-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
      return failure{errc::io, name + ": " + std::strerror(errno)};
    path_ = name;
    return {};
  }

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

namespace {

constexpr int attempts = 3;
constexpr std::chrono::milliseconds between_attempts{200};

result<std::unique_ptr<event_log>> open_read_only(const fs::path& directory) {
  rocksdb_config config;
  config.directory = directory;
  auto database = rocksdb_database::open_read_only(std::move(config));
  if (!database)
    return database.error();
  auto log = rocksdb_log::open(*database);
  if (!log)
    return log.error();
  return std::unique_ptr<event_log>{std::move(*log)};
}

/// A node that runs may remove files between the look at what there are and
/// their opening.
result<std::unique_ptr<event_log>>
open_beside_writer(const fs::path& directory) {
  for (int i = 1;; ++i) {
    auto out = open_read_only(directory);
    if (out || out.error().code == errc::not_found || i == attempts)
      return out;
    std::this_thread::sleep_for(between_attempts);
  }
}

} // namespace

log_source::log_source() = default;
log_source::log_source(log_source&&) noexcept = default;
log_source::~log_source() = default;

result<log_source> log_source::in_directory(const fs::path& data) {
  log_source out;
  out.name_ = data.string();
  auto pins = read_ledger_file(data);
  if (!pins)
    return pins.error();
  out.pins_ = std::move(*pins);
  auto mark = head_file{data / "head"}.read();
  if (!mark)
    return mark.error();
  out.mark_ = *mark;
  auto log = open_beside_writer(data / "db");
  if (!log)
    return log.error();
  out.log_ = std::move(*log);
  return out;
}

result<log_source> log_source::in_backup(const fs::path& file) {
  log_source out;
  out.name_ = file.string();
  auto backup = backup_file::open(file);
  if (!backup)
    return backup.error();
  out.pins_ = (*backup)->pins();
  out.mark_ = head_mark{log_index{(*backup)->sums().entries - 1},
                        (*backup)->sums().chain};
  out.log_ = std::move(*backup);
  return out;
}

result<log_source> log_source::on_kafka(const kafka_settings& settings,
                                        const log_progress& progress) {
  log_source out;
  out.name_ = "topic " + kafka_topic(settings, decisions_stream);
  out.folder_ = std::make_unique<folder>();
  if (auto made = out.folder_->open(); !made)
    return made.error();
  rocksdb_config config;
  config.directory = out.folder_->path() / "db";
  auto database = rocksdb_database::create(std::move(config));
  if (!database)
    return database.error();
  auto log = kafka_log::open(
      {.settings = settings, .database = *database, .writes = false});
  if (!log)
    return log.error();
  if (auto read = (*log)->catch_up(progress); !read)
    return read.error();
  out.log_ = std::move(*log);
  return out;
}

} // namespace signalbox
