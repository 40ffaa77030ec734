#include "projections/change_history.hpp"

#include <limits>
#include <stdexcept>

namespace signalbox {

void change_history::append(const channel_change& x) {
  if (size() >= std::numeric_limits<place>::max())
    throw std::length_error{"change_history: too many changes"};
  links_.push_back(make_leap(x.previous));
  changes_.push_back(x);
  if (x.reverted == 0)
    index_release(static_cast<place>(size()));
}

/// Two leaps of equal length before it make one that is twice as long.
change_history::place change_history::make_leap(std::uint64_t previous) const {
  auto leap = leap_of(previous);
  auto second = leap_of(leap);
  bool equal =
      depth_of(previous) - depth_of(leap) == depth_of(leap) - depth_of(second);
  return equal ? second : static_cast<place>(previous);
}

/// A reader that meets the release through its link sees all of it.
void change_history::index_release(place release) {
  auto hash = hash_of(changes_[release - 1].artifact);
  auto* link = &first_release_;
  for (; auto next = link->load(std::memory_order_relaxed); hash <<= 2)
    link = &links_.at(next - 1).below[hash >> 62];
  link->store(release, std::memory_order_release);
}

} // namespace signalbox
