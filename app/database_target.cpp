#include <vector>

#include "app/copy_target.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox {

namespace {

/// Entries of one write.
constexpr std::size_t batch_entries = 1024;
constexpr std::size_t batch_bytes = 4 * 1024 * 1024;

/// Gathers entries, whose bytes live no longer than a visit, for one write.
class entry_batch {
 public:
  bool is_full() const {
    return entries_.size() >= batch_entries || bytes_ >= batch_bytes;
  }

  void add(const log_entry_view& x) {
    bytes_ += x.record.size();
    entries_.push_back({x.index, x.append_time, to_buffer(x.record)});
  }

  result<void> write(rocksdb_log& to) {
    std::vector<log_entry_view> views;
    views.reserve(entries_.size());
    for (auto& x : entries_)
      views.push_back({x.index, x.append_time, x.record});
    auto done = to.copy(views, {});
    entries_.clear();
    bytes_ = 0;
    return done;
  }

 private:
  struct entry {
    log_index index;
    timestamp append_time;
    byte_buffer record;
  };

  std::vector<entry> entries_;
  std::size_t bytes_ = 0;
};

class database_target final : public copy_target {
 public:
  database_target(rocksdb_database::pointer database,
                  std::unique_ptr<rocksdb_log> log)
      : database_{std::move(database)}, log_{std::move(log)} {}

  result<void> add(const event_log& source, std::uint64_t until,
                   const log_progress& progress) override {
    entry_batch batch;
    result<void> written;
    const auto write = [&] {
      written = batch.write(*log_);
      if (progress)
        progress(to_integer(log_->end()), until);
      return written.has_value();
    };
    auto read = source.read(log_->end(), [&](const log_entry_view& x) {
      if (to_integer(x.index) >= until)
        return false;
      batch.add(x);
      return !batch.is_full() || write();
    });
    if (!written)
      return written;
    if (!read)
      return read;
    if (!write())
      return written;
    return database_->flush();
  }

  const event_log& log() const override { return *log_; }

  result<void> open_for_decisions() override { return {}; }

 private:
  rocksdb_database::pointer database_;
  std::unique_ptr<rocksdb_log> log_;
};

} // namespace

result<std::unique_ptr<copy_target>>
copy_to_database(rocksdb_database::pointer database) {
  auto log = rocksdb_log::open(database);
  if (!log)
    return log.error();
  return std::unique_ptr<copy_target>{
      new database_target{std::move(database), std::move(*log)}};
}

} // namespace signalbox
