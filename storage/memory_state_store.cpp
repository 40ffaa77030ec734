#include "storage/memory_state_store.hpp"

namespace signalbox {

result<void> memory_state_store::write(const state_batch& batch) {
  std::lock_guard guard{mutex_};
  for (const auto& [key, value] : batch.puts)
    rows_.insert_or_assign(key, value);
  for (const auto& key : batch.erases)
    rows_.erase(key);
  return {};
}

result<void> memory_state_store::scan(std::string_view prefix,
                                      const visitor& visit) const {
  std::unique_lock guard{mutex_};
  const auto rows = rows_; // the visitor may write in its turn
  guard.unlock();
  for (auto i = rows.lower_bound(prefix); i != rows.end(); ++i)
    if (!i->first.starts_with(prefix) || !visit(i->first, i->second))
      break;
  return {};
}

result<void> memory_state_store::clear() {
  std::lock_guard guard{mutex_};
  rows_.clear();
  return {};
}

} // namespace signalbox
