#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "actors/state_places.hpp"
#include "events/errors.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Folds the whole log into a state of its own, on a thread of its own, to tell
/// whether the running fold can be trusted. Reads and writes go on meanwhile;
/// it needs the memory of a second state until it is gone.
class state_refold {
 public:
  struct outcome {
    /// The fold gave at the entry what the running one had: then that is all.
    bool is_confirmed = false;
    /// Else: what it gave.
    ledger_state state;
    state_places places;
  };

  /// `own`: what the running fold came to, at one of its first `size` entries:
  /// as many are folded. The log outlives this.
  state_refold(const event_log& log, const state_place& own,
               std::uint64_t size);
  state_refold(const state_refold&) = delete;
  state_refold& operator=(const state_refold&) = delete;
  ~state_refold(); ///< ends it, at the next entry

  bool is_done() const { return is_done_; }
  const state_place& own() const { return own_; }

  /// Once, when it is done. Errors: those of the log and of `step`, `bug`.
  result<outcome> take();

 private:
  void run();
  result<void> fold();

  const event_log& log_;
  state_place own_;
  std::uint64_t size_;
  outcome out_;
  result<void> end_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

/// Folds what the log holds behind a state, up to `size` entries in all.
/// Errors: those of the log and of `step`; `log_corrupt`: it holds less.
result<void> fold_on(const event_log& log, ledger_state& state,
                     state_places& places, std::uint64_t size);

} // namespace signalbox
