#pragma once

#include <map>
#include <mutex>

#include "storage/state_store.hpp"

namespace signalbox {

/// Rows in memory, for tests and tools. Any thread.
class memory_state_store final : public state_store {
 public:
  result<void> write(const state_batch& batch) override;
  result<void> scan(std::string_view prefix,
                    const visitor& visit) const override;
  result<void> clear() override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_;
};

} // namespace signalbox
