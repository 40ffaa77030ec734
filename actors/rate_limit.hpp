#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace signalbox {

/// A token bucket: so many a second, and `burst` at once, which is twice as
/// many unless it is given. Any thread.
class rate_limit {
 public:
  using clock = std::chrono::steady_clock;

  explicit rate_limit(double per_second)
      : rate_limit{per_second, 2 * per_second} {}
  rate_limit(double per_second, double burst)
      : per_second_{per_second}, burst_{burst}, tokens_{burst} {}

  /// Whether one more is allowed now.
  bool allow(clock::time_point now = clock::now()) {
    std::lock_guard guard{mutex_};
    const std::chrono::duration<double> passed = now - last_;
    if (passed.count() > 0)
      tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    last_ = std::max(last_, now);
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  std::mutex mutex_;
  double tokens_;
  clock::time_point last_ = clock::now();
};

} // namespace signalbox
