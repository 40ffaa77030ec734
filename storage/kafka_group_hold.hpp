#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "storage/defaults.hpp"

namespace signalbox {

/// Whether the first records of a group wait for others. Where many writers are
/// answered together their next records come together, but not at once: those
/// that left first, in a request of their own, would hold up all others.
class kafka_group_hold {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A group of this size was sent.
  void note(std::size_t size) { usual_ = std::max(size, usual_ / 2); }

  /// Of records that nothing else keeps from being sent.
  bool holds(std::size_t gathered, time_point since, time_point now) const {
    return gathered < usual_ / 2 && now - since < kafka_hold_limit;
  }

 private:
  std::size_t usual_ = 0; ///< about as many as the last groups had
};

} // namespace signalbox
