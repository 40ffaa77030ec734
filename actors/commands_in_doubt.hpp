#pragma once

#include <atomic>
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
  /// Remembers an attempt that may take effect until `not_after`, on the log's
  /// clock.
  void add(const event_id& id, std::uint32_t attempt, timestamp not_after);

  /// The log has judged this attempt.
  void settle(const event_id& id, std::uint32_t attempt);

  bool contains(const event_id& id) const { return doubts_.contains(id); }

  /// Forgets what the state has decided for good, and gives the commands that
  /// `now`, on the wall clock, is so far beyond that they are to be closed,
  /// and are not being closed already. The flag of each is to become false when
  /// its command_closed was answered.
  struct overdue {
    event_id id;
    std::shared_ptr<std::atomic<bool>> closing;
  };
  std::vector<overdue> take_overdue(const ledger_state& state, timestamp now);

 private:
  struct doubt {
    std::uint32_t attempt = 0;
    timestamp not_after{};
    std::shared_ptr<std::atomic<bool>> closing =
        std::make_shared<std::atomic<bool>>(false);
  };
  std::unordered_map<event_id, doubt, fixed_bytes_hash> doubts_;
};

} // namespace signalbox
