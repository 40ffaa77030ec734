#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "storage/stream.hpp"

namespace signalbox {

/// The stream protocol without a disk, for tests and tools.
class memory_stream final : public event_stream {
 public:
  std::uint64_t begin() const override;
  std::uint64_t end() const override;
  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp append_time) override;
  result<void> read(std::uint64_t from, const visitor& visit) const override;
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override;
  result<void> trim(timestamp before) override;
  std::uint64_t bytes() const override;

  /// Makes every further append fail with `read_only` and this reason; an
  /// empty reason makes the stream writable again.
  void refuse_appends(std::string reason);

 private:
  struct entry {
    timestamp append_time{};
    byte_buffer record;
  };

  /// Copies the entry, so that the visitor runs without the lock; false if it
  /// is not kept.
  bool find(std::uint64_t index, entry& out) const;

  mutable std::mutex mutex_;
  std::deque<entry> entries_;
  std::uint64_t first_ = 0;
  std::uint64_t bytes_ = 0;
  timestamp last_{};
  std::string refusal_;
};

} // namespace signalbox
