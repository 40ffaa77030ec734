#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "events/ids.hpp"

namespace signalbox {

struct ledger_state;

/// Commands that were told `pending`: they may show up in the log or never.
/// Each is remembered until the log shows its end.
class commands_in_doubt {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Remembers an attempt, which is to be closed if it has no end by then.
  void add(const event_id& id, std::uint32_t attempt, time_point overdue_at);

  /// The log has judged this attempt.
  void settle(const event_id& id, std::uint32_t attempt);

  bool contains(const event_id& id) const { return doubts_.contains(id); }

  /// Forgets what the state has decided for good, and gives the commands that
  /// are overdue and are not being closed already. One closed too early is lost
  /// to its writer and no more: the first of the two in the log wins. The flag
  /// of each is to become false when its command_closed was answered.
  struct overdue {
    event_id id;
    std::shared_ptr<std::atomic<bool>> closing;
  };
  std::vector<overdue> take_overdue(const ledger_state& state, time_point now);

 private:
  struct doubt {
    std::uint32_t attempt = 0;
    time_point overdue_at;
    std::shared_ptr<std::atomic<bool>> closing =
        std::make_shared<std::atomic<bool>>(false);
  };
  std::unordered_map<event_id, doubt, fixed_bytes_hash> doubts_;
};

} // namespace signalbox
