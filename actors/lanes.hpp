#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace signalbox {

struct command;

/// Who waits behind whom: at most one command of a lane is under way.
class lanes {
 public:
  /// True if the command may go on now; otherwise it is kept for its turn.
  bool enter(const std::shared_ptr<command>& x);

  /// Ends a command's turn and returns the one whose turn comes; null if none.
  std::shared_ptr<command> leave(const command& x);

 private:
  /// Who waits; the lane exists while one is under way.
  std::unordered_map<std::string, std::deque<std::shared_ptr<command>>>
      waiting_;
};

} // namespace signalbox
