#pragma once

#include <deque>
#include <mutex>

#include "storage/log.hpp"

namespace signalbox {

/// The log protocol without a disk, for tests and tools. "Durable" means that
/// the object lives.
class memory_log final : public event_log {
 public:
  log_index end() const override;
  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override;
  result<void> read(log_index from, const visitor& visit) const override;
  log_health health() const override;

  /// Makes every further append fail with `read_only` and this reason; an
  /// empty reason makes the log writable again.
  void refuse_appends(std::string reason);

 private:
  struct entry {
    timestamp append_time;
    byte_buffer record;
  };

  const entry* find(std::uint64_t index) const;

  mutable std::mutex mutex_;
  std::deque<entry> entries_; // references stay valid while it grows
  std::string refusal_;
};

} // namespace signalbox
