#pragma once

#include <atomic>

#include "storage/memory_state_store.hpp"

namespace signalbox::test {

/// A memory_state_store that fails on demand and counts. Any thread.
class faulty_store final : public state_store {
 public:
  std::atomic<bool> fail_writes{false};
  std::atomic<bool> fail_scans{false};
  std::atomic<bool> fail_clears{false};
  std::atomic<int> writes{0};
  std::atomic<std::size_t> last_puts{0}; ///< rows of the last write

  result<void> write(const state_batch& batch) override {
    ++writes;
    if (fail_writes)
      return full();
    last_puts = batch.puts.size();
    return rows_.write(batch);
  }

  result<void> scan(std::string_view prefix,
                    const visitor& visit) const override {
    if (!fail_scans)
      return rows_.scan(prefix, visit);
    int left = 3; // some rows come before the disk fails
    auto some = rows_.scan(prefix, [&](auto key, auto value) {
      return left-- > 0 && visit(key, value);
    });
    return some ? full() : some;
  }

  result<void> clear() override {
    if (fail_clears)
      return full();
    return rows_.clear();
  }

 private:
  static result<void> full() { return failure{errc::io, "the disk is full"}; }

  memory_state_store rows_;
};

} // namespace signalbox::test
