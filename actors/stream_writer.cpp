#include "actors/stream_writer.hpp"

#include <algorithm>

namespace signalbox {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_delay{60'000};
constexpr milliseconds shortest_delay{50};

/// A shared stream looks after its connections at least this often.
constexpr milliseconds serve_interval{1000};

milliseconds trim_interval(std::int64_t keep) {
  return std::clamp(milliseconds{keep / 10}, shortest_delay, longest_delay);
}

} // namespace

stream_writer::stream_writer(stream_writer_config config)
    : config_{std::move(config)} {}

stream_writer::~stream_writer() {
  stop();
}

void stream_writer::start() {
  thread_ = std::thread{[this] { run(); }};
  if (config_.shared != nullptr)
    config_.shared->listen([this] {
      {
        const std::lock_guard guard{mutex_};
        has_come_ = true;
      }
      work_.notify_one();
    });
}

void stream_writer::stop() {
  if (config_.shared != nullptr)
    config_.shared->listen(nullptr);
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

bool stream_writer::write(byte_buffer record, done then) {
  {
    std::lock_guard guard{mutex_};
    if (stopping_ || waiting_.size() >= config_.max_waiting) {
      ++dropped_;
      return false;
    }
    waiting_.push_back({std::move(record), std::move(then)});
  }
  work_.notify_one();
  return true;
}

stream_writer_counts stream_writer::counts() const {
  return {written_, dropped_, failed_};
}

void stream_writer::run() {
  for (std::vector<item> group;;) {
    const bool more = wait_for_work(group);
    if (clock::now() >= next_trim_)
      trim();
    if (!group.empty())
      append(std::exchange(group, {}));
    if (config_.shared != nullptr)
      serve();
    if (!more)
      return;
  }
}

/// False once all is taken and nothing more will come.
bool stream_writer::wait_for_work(std::vector<item>& group) {
  std::unique_lock lock{mutex_};
  auto latest = next_trim_;
  if (config_.shared != nullptr)
    latest = std::min(latest, clock::now() + serve_interval);
  work_.wait_until(lock, latest, [this] {
    return stopping_ || has_come_ || !waiting_.empty();
  });
  has_come_ = false;
  // What arrives in the meantime joins the group.
  if (!waiting_.empty() && !stopping_)
    work_.wait_for(lock, config_.gather, [this] { return stopping_; });
  group = std::exchange(waiting_, {});
  return !stopping_;
}

result<void> stream_writer::append_records(const std::vector<item>& group) try {
  std::vector<byte_view> records;
  records.reserve(group.size());
  for (auto& x : group)
    records.emplace_back(x.record);
  auto appended = config_.stream.append(records, config_.wall_clock());
  if (!appended)
    return appended.error();
  return {};
} catch (const std::exception& e) {
  return failure{errc::unavailable,
                 std::string{"nothing was written: "} + e.what()};
}

void stream_writer::append(std::vector<item> group) {
  const auto appended = append_records(group);
  (appended ? written_ : failed_) += group.size();
  for (auto& x : group)
    if (x.then)
      tell(x, appended);
}

/// Who cannot be told, for want of memory, is answered by his reply's end.
void stream_writer::tell(item& to, const result<void>& what) {
  try {
    to.then(what);
  } catch (const std::exception&) {
    ++failed_;
  }
}

void stream_writer::serve() try {
  config_.shared->serve([this](const stream_entry_view& x) {
    if (config_.on_entry)
      config_.on_entry(x);
    return true;
  });
} catch (const std::exception& e) {
  config_.warn(std::string{"a stream could not be read on: "} + e.what());
}

void stream_writer::trim() {
  const auto before = config_.wall_clock() + -config_.keep;
  next_trim_ = clock::now() + trim_interval(config_.keep);
  if (auto trimmed = trim_before(before); !trimmed)
    config_.warn("old entries of a stream could not be dropped: " +
                 trimmed.error().message);
}

result<void> stream_writer::trim_before(timestamp before) try {
  if (auto trimmed = config_.stream.trim(before); !trimmed)
    return trimmed;
  if (config_.on_trim)
    config_.on_trim(before);
  return {};
} catch (const std::exception& e) {
  return failure{errc::unavailable, e.what()};
}

} // namespace signalbox
