#include "storage/kafka_recent.hpp"

#include <algorithm>
#include <utility>

#include "storage/defaults.hpp"

namespace signalbox {

void visit_from(const kafka_records& x, std::uint64_t from,
                const event_log::visitor& visit) {
  for (auto index = std::max(x.first, from); index < x.end(); ++index) {
    const auto& entry = x.entries[index - x.first];
    if (!visit({log_index{index}, entry.append_time, entry.record}))
      return;
  }
}

void kafka_recent::add(records x) {
  std::lock_guard lock{mutex_};
  memory_ += x->memory();
  groups_.push_back(std::move(x));
}

kafka_recent::records kafka_recent::find(std::uint64_t index) const {
  std::lock_guard lock{mutex_};
  const auto behind = std::upper_bound(
      groups_.begin(), groups_.end(), index,
      [](std::uint64_t i, const records& x) { return i < x->first; });
  if (behind == groups_.begin() || index >= behind[-1]->end())
    return nullptr;
  return behind[-1];
}

void kafka_recent::drop(std::uint64_t copied) {
  std::vector<records> dropped; // freed without the lock
  std::lock_guard lock{mutex_};
  while (memory_ > kafka_recent_bytes && groups_.front()->end() <= copied) {
    memory_ -= groups_.front()->memory();
    dropped.push_back(std::move(groups_.front()));
    groups_.pop_front();
  }
}

} // namespace signalbox
