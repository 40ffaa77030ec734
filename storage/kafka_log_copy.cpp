#include "storage/kafka_log_copy.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "storage/defaults.hpp"

namespace signalbox {

using std::chrono::steady_clock;

namespace {

constexpr const char* shorter_copy =
    "the node's copy of the topic lacks entries that were written to it: its "
    "disk lost them. Start the node anew, and it copies them again";

} // namespace

result<std::unique_ptr<kafka_log_copy>>
kafka_log_copy::open(const rocksdb_database::pointer& database,
                     callbacks call) {
  auto mirror = kafka_mirror::open(database);
  if (!mirror)
    return mirror.error();
  return std::unique_ptr<kafka_log_copy>{
      new kafka_log_copy{std::move(*mirror), std::move(call)}};
}

kafka_log_copy::kafka_log_copy(std::unique_ptr<kafka_mirror> mirror,
                               callbacks call)
    : mirror_{std::move(mirror)}, call_{std::move(call)},
      size_{mirror_->size()}, written_{mirror_->size()}, thread_{[this] {
        run();
      }} {}

kafka_log_copy::~kafka_log_copy() {
  {
    std::lock_guard lock{mutex_};
    stops_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void kafka_log_copy::add(std::shared_ptr<kafka_records> x) {
  x->first = size_;
  const auto bytes = x->bytes;
  const auto memory = x->memory();
  const auto end = x->end();
  recent_.add(std::move(x));
  bool is_first = false, is_enough = false;
  {
    std::lock_guard lock{mutex_};
    is_first = size_ == written_;
    if (is_first)
      due_ = steady_clock::now() + kafka_keep_within;
    is_enough = unwritten_bytes_ < large_batch_bytes &&
                unwritten_bytes_ + bytes >= large_batch_bytes;
    unwritten_bytes_ += bytes;
    unwritten_memory_ += memory;
    size_ = end;
  }
  // A wake for each record would cost more than the record.
  if (is_first || is_enough)
    changed_.notify_all();
}

bool kafka_log_copy::has_room() const {
  return unwritten_memory_ < kafka_unwritten_bytes;
}

result<void> kafka_log_copy::read(log_index from,
                                  const event_log::visitor& visit) const {
  bool goes_on = true;
  auto next = to_integer(from);
  const event_log::visitor each = [&](const log_entry_view& x) {
    next = to_integer(x.index) + 1;
    return goes_on = visit(x);
  };
  const auto end = size();
  for (;;) {
    const auto before = next;
    // What is not in memory any more is on the disk.
    if (const auto group = recent_.find(next))
      visit_from(*group, next, each);
    else if (auto read = mirror_->log().read(log_index{next}, each); !read)
      return read;
    if (!goes_on || next >= end)
      return {};
    if (next == before)
      return failure{errc::log_corrupt, shorter_copy};
  }
}

log_health kafka_log_copy::health() const {
  if (is_shorter_)
    return {log_health::mode::lost, shorter_copy};
  return mirror_->log().health();
}

std::uint64_t kafka_log_copy::offset_of(std::uint64_t index) const {
  if (const auto group = recent_.find(index))
    return group->entries[index - group->first].offset;
  return mirror_->offset_of(index);
}

result<bool> kafka_log_copy::holds(std::uint64_t index,
                                   byte_view record) const {
  bool same = false;
  auto found = read(log_index{index}, [&](const log_entry_view& x) {
    same = to_integer(x.index) == index && as_text(x.record) == as_text(record);
    return false;
  });
  if (!found)
    return found.error();
  return same;
}

bool kafka_log_copy::finish(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  const auto end = hurry_ = size_;
  changed_.notify_all();
  changed_.wait_for(lock, patience,
                    [&] { return written_ >= end || is_shorter_; });
  return written_ >= end;
}

// -- the thread --------------------------------------------------------------

bool kafka_log_copy::is_due() const {
  return stops_ || hurry_ > written_ || unwritten_bytes_ >= large_batch_bytes;
}

void kafka_log_copy::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return stops_ || size_ > written_; });
    if (size_ == written_)
      return;
    changed_.wait_until(lock, due_, [&] { return is_due(); });
    const auto end = size_.load();
    lock.unlock();
    const auto done = write(written_, end);
    if (!done && call_.warn)
      call_.warn("the topic cannot be copied for now: " + done.error().message);
    lock.lock();
    if (done) {
      unwritten_bytes_ -= done->bytes;
      unwritten_memory_ -= done->memory;
      written_ = end;
      due_ = steady_clock::now() + kafka_keep_within;
      changed_.notify_all();
      lock.unlock();
      call_.wake();
      lock.lock();
    } else if (stops_ || is_shorter_) {
      changed_.notify_all();
      return;
    } else {
      changed_.wait_for(lock, reopen_interval, [&] { return stops_; });
    }
  }
}

/// What is on the disk now.
result<kafka_log_copy::amount> kafka_log_copy::write(std::uint64_t begin,
                                                     std::uint64_t end) try {
  std::vector<kafka_recent::records> held;
  std::vector<kafka_entry> entries;
  amount out;
  entries.reserve(end - begin);
  for (auto next = begin; next < end; next = held.back()->end()) {
    held.push_back(recent_.find(next));
    auto& group = *held.back();
    entries.insert(entries.end(), group.entries.begin(), group.entries.end());
    out.bytes += group.bytes;
    out.memory += group.memory();
  }
  if (auto added = mirror_->add(begin, entries); !added) {
    is_shorter_ = mirror_->size() < begin;
    return is_shorter_ ? failure{errc::log_corrupt, shorter_copy}
                       : added.error();
  }
  recent_.drop(end);
  return out;
} catch (const std::exception& e) {
  return failure{errc::bug, e.what()};
}

} // namespace signalbox
