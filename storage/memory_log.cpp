#include "storage/memory_log.hpp"

#include <algorithm>
#include <utility>

#include "events/envelope.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

log_index memory_log::end() const {
  std::lock_guard guard{mutex_};
  return log_index{entries_.size()};
}

result<log_index> memory_log::append(std::span<const byte_view> records,
                                     timestamp append_time) {
  for (auto record : records)
    if (record.size() > max_record_bytes)
      return record_too_large(record.size());
  std::lock_guard guard{mutex_};
  if (!refusal_.empty())
    return failure{errc::read_only, refusal_};
  auto first = log_index{entries_.size()};
  for (auto record : records)
    entries_.push_back({append_time, to_buffer(record)});
  return first;
}

const memory_log::entry* memory_log::find(std::uint64_t index) const {
  std::lock_guard guard{mutex_};
  return index < entries_.size() ? &entries_[index] : nullptr;
}

result<void> memory_log::read(log_index from, const visitor& visit) const {
  // The visitor runs without the lock: it may append or read in its turn.
  const auto stop = to_integer(end());
  for (auto i = to_integer(from); i < stop; ++i) {
    const auto* x = find(i);
    if (!visit({log_index{i}, x->append_time, x->record}))
      break;
  }
  return {};
}

log_health memory_log::health() const {
  std::lock_guard guard{mutex_};
  if (refusal_.empty())
    return {};
  return {log_health::mode::read_only, refusal_};
}

void memory_log::refuse_appends(std::string reason) {
  std::lock_guard guard{mutex_};
  refusal_ = std::move(reason);
}

} // namespace signalbox
