#include "storage/memory_stream.hpp"

#include <algorithm>

#include "events/envelope.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

std::uint64_t memory_stream::begin() const {
  std::lock_guard guard{mutex_};
  return first_;
}

std::uint64_t memory_stream::end() const {
  std::lock_guard guard{mutex_};
  return first_ + entries_.size();
}

result<std::uint64_t> memory_stream::append(std::span<const byte_view> records,
                                            timestamp append_time) {
  for (auto x : records)
    if (x.size() > max_record_bytes)
      return record_too_large(x.size());
  std::lock_guard guard{mutex_};
  if (!refusal_.empty())
    return failure{errc::read_only, refusal_};
  const auto first = first_ + entries_.size();
  if (!records.empty())
    last_ = std::max(last_, append_time);
  for (auto x : records) {
    entries_.push_back({last_, to_buffer(x)});
    bytes_ += x.size();
  }
  return first;
}

bool memory_stream::find(std::uint64_t index, entry& out) const {
  std::lock_guard guard{mutex_};
  if (index < first_ || index - first_ >= entries_.size())
    return false;
  out = entries_[index - first_];
  return true;
}

result<void> memory_stream::read(std::uint64_t from,
                                 const visitor& visit) const {
  entry x;
  const auto stop = end();
  for (auto i = std::max(from, begin()); i < stop; ++i)
    if (find(i, x) && !visit({i, x.append_time, x.record}))
      break;
  return {};
}

result<void> memory_stream::read_back(std::uint64_t before,
                                      const visitor& visit) const {
  entry x;
  for (auto i = std::min(before, end()); i-- > begin();)
    if (!find(i, x) || !visit({i, x.append_time, x.record}))
      break;
  return {};
}

result<void> memory_stream::trim(timestamp before) {
  std::lock_guard guard{mutex_};
  while (!entries_.empty() && entries_.front().append_time < before) {
    bytes_ -= entries_.front().record.size();
    entries_.pop_front();
    ++first_;
  }
  return {};
}

std::uint64_t memory_stream::bytes() const {
  std::lock_guard guard{mutex_};
  return bytes_;
}

void memory_stream::refuse_appends(std::string reason) {
  std::lock_guard guard{mutex_};
  refusal_ = std::move(reason);
}

} // namespace signalbox
