#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "actors/node_status.hpp"
#include "projections/ledger_state.hpp"
#include "storage/log.hpp"
#include "storage/state_store.hpp"

namespace signalbox {

/// The copy of a fold's state that spares a restart the fold. The log is the
/// truth: whatever is wrong with the copy costs folding again, and is warned
/// of.
class stored_state {
 public:
  stored_state(const event_log& log, state_store& store, node_status& status,
               std::function<void(std::string)> warn)
      : log_{log}, store_{store}, status_{status}, warn_{std::move(warn)} {}

  /// What is stored, if it is whole and of this log; else an empty state.
  ledger_state load();

  /// Writes the rows that changed since the last call: at once, or by a later
  /// call, when the log keeps all that they were folded from. Errors: `io`;
  /// they are written again once there is something new.
  result<void> save(ledger_state& state);

  /// What is stored is not of the state that is saved next.
  void abandon() {
    is_stale_ = true;
    drained_.reset();
    saved_at_ = 0;
  }

  /// Entries that have come since it was last loaded or saved.
  std::uint64_t lacks(const ledger_state& state) const {
    return state.size - saved_at_;
  }

  /// Whether what was saved waits for the log.
  bool is_held_back() const { return drained_.has_value(); }

  /// Whether there is something to save.
  bool is_behind(const ledger_state& state) const {
    return drained_ || lacks(state) > 0;
  }

 private:
  bool load_rows(ledger_state& state);
  bool is_of_this_log(const ledger_state& state) const;
  result<void> clear();
  result<void> write_drained(ledger_state& state);
  void warn(std::string line) const;

  const event_log& log_;
  state_store& store_;
  node_status& status_;
  std::function<void(std::string)> warn_;
  bool is_stale_ = false; ///< holds rows of another state
  std::uint64_t saved_at_ = 0;
  std::optional<state_batch> drained_; ///< at saved_at_, not written yet
};

} // namespace signalbox
