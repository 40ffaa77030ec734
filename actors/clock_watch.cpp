#include "actors/clock_watch.hpp"

#include <algorithm>
#include <cstdlib>

#include "actors/defaults.hpp"

namespace signalbox {

std::int64_t clock_watch::difference(timestamp log_time, timestamp wall,
                                     time_point now) const {
  using namespace std::chrono;
  const auto log =
      log_seen_
          ? log_time + duration_cast<milliseconds>(now - *log_seen_).count()
          : std::max(log_time, wall);
  return to_integer(wall) - to_integer(log);
}

std::optional<std::string> clock_watch::judge(std::int64_t difference) {
  const bool was_alarmed = is_alarmed_;
  is_alarmed_ = std::abs(difference) > actor_defaults::clock_alarm;
  if (!is_alarmed_ || was_alarmed)
    return std::nullopt;
  return "this node's clock is " + std::to_string(std::abs(difference)) +
         " ms " + (difference < 0 ? "behind" : "ahead of") +
         " the log's: check its time service";
}

} // namespace signalbox
