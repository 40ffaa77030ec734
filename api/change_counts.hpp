#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace signalbox {

/// Upper bounds of the buckets of the delivery latency, in milliseconds.
inline constexpr std::array<std::int64_t, 10> delivery_bounds{
    1, 2, 5, 10, 25, 50, 100, 250, 500, 1'000};

/// What was delivered to those who listen.
struct change_counts {
  std::uint64_t subscribers = 0; ///< now
  std::uint64_t waiting = 0;     ///< now, for their turn to catch up
  std::uint64_t long_polls = 0;  ///< now
  std::uint64_t delivered = 0;   ///< live events handed to subscribers
  std::uint64_t overflows = 0;   ///< subscribers that read too slowly
  std::uint64_t rounds = 0;      ///< by worker, with something to deliver
  double seconds = 0;            ///< of all rounds, publication to last write
  /// Rounds by latency, not summed up; the last has no bound.
  std::array<std::uint64_t, delivery_bounds.size() + 1> buckets{};
};

/// Counts; any thread.
class change_probe {
 public:
  void delivered() { ++delivered_; }

  void told_all(std::chrono::nanoseconds took) {
    nanoseconds_ += static_cast<std::uint64_t>(took.count());
    std::size_t i = 0;
    while (i < delivery_bounds.size() &&
           took > std::chrono::milliseconds{delivery_bounds[i]})
      ++i;
    ++buckets_[i];
  }

  void overflow() { ++overflows_; }

  void add_to(change_counts& out) const {
    out.delivered = delivered_;
    out.overflows = overflows_;
    out.seconds = static_cast<double>(nanoseconds_) / 1e9;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      out.rounds += out.buckets[i] = buckets_[i];
  }

 private:
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> overflows_{0};
  std::atomic<std::uint64_t> nanoseconds_{0};
  std::array<std::atomic<std::uint64_t>, delivery_bounds.size() + 1> buckets_{};
};

} // namespace signalbox
