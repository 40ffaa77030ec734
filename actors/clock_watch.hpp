#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "events/ids.hpp"

namespace signalbox {

/// Compares the wall clock with the log's. The log's stands still between
/// entries: what has passed here since the last one counts to it. Before the
/// first one since the start nobody knows how long that is, except that it is
/// not negative.
class clock_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Entries were folded as they came.
  void note_entries(time_point now) { log_seen_ = now; }

  /// Wall clock minus log clock in milliseconds, given the last entry's time.
  std::int64_t difference(timestamp log_time, timestamp wall,
                          time_point now) const;

  /// A line for the operator, once for each time that the clocks part.
  std::optional<std::string> judge(std::int64_t difference);

 private:
  std::optional<time_point> log_seen_;
  bool is_alarmed_ = false;
};

} // namespace signalbox
