#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace signalbox {

struct command;

/// How much may wait in lanes.
struct lane_limits {
  std::size_t per_lane;
  std::size_t in_all;
};

/// Who waits behind whom: at most one command of a lane is under way.
class lanes {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class turn { now, later, never };

  explicit lanes(lane_limits limits) : limits_{limits} {}

  /// `now` if the command may go on; `later` if it is kept until its turn, or
  /// the deadline; `never` if too many wait. Deadlines never decrease.
  turn enter(const std::shared_ptr<command>& x, time_point deadline);

  /// Ends a command's turn and returns the one whose turn comes; null if none.
  std::shared_ptr<command> leave(const command& x);

  /// Takes out whose turn did not come by its deadline.
  std::vector<std::shared_ptr<command>> expire(time_point now);

  /// When expire() will find something; nullopt if nobody waits.
  std::optional<time_point> next_deadline() const;

 private:
  struct waiter {
    std::shared_ptr<command> what;
    time_point deadline;
  };

  lane_limits limits_;
  std::size_t queued_ = 0;
  /// Who waits; the lane exists while one is under way.
  std::unordered_map<std::string, std::deque<waiter>> waiting_;
};

} // namespace signalbox
