#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/node_status.hpp"
#include "actors/state_exchange.hpp"
#include "actors/state_refold.hpp"
#include "actors/state_words.hpp"
#include "projections/ledger_state.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Shows that the nodes of a ledger make the same of its log: says what this
/// node's fold came to at each 1,024th entry and when no entry has come for a
/// minute, and compares what the others say. Where they differ it folds the log
/// again from entry 0 beside the running fold. What came out twice stays, and
/// is an alarm; else the running state was wrong, and gives way to the new one.
///
/// Runs on the thread of the fold.
class state_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// All of them outlive the watch. `node` is this one.
  state_watch(const event_log& log, state_exchange& exchange,
              node_status& status, const principal_id& node)
      : log_{log}, exchange_{exchange}, status_{status}, node_{node} {}

  /// After each entry, also while the log is folded at a start.
  void note(const ledger_state& state);

  /// The log is folded: from here on this node says what it came to.
  void begin(const ledger_state& state, time_point now);

  /// Entries came since.
  void advance(time_point now) { advanced_ = now; }

  /// Compares, doubts and says what is due; to be called now and then. What
  /// this returns is the state of the whole log, to be taken in place of the
  /// one that was given.
  std::optional<ledger_state> beat(const ledger_state& state, time_point now);

  /// Why this node must take no commands: most others have another history.
  /// Empty: none of that.
  const std::string& problem() const { return problem_; }

 private:
  void hear();
  void judge(const ledger_state& state);
  void tell(const state_words::judged& x);
  void doubt(const ledger_state& state, time_point now);
  std::optional<ledger_state> conclude(const ledger_state& state,
                                       time_point now);
  void stay();
  std::optional<ledger_state> replace(state_refold::outcome x,
                                      const ledger_state& state);
  void say_when_quiet(const ledger_state& state, time_point now);
  void watch_history();

  const event_log& log_;
  state_exchange& exchange_;
  node_status& status_;
  principal_id node_;
  state_places places_;
  state_words words_;
  std::unique_ptr<state_refold> refold_;
  std::optional<time_point> next_refold_; ///< none: at once
  std::optional<time_point> advanced_;    ///< none: the log is still folded
  std::optional<log_index> said_;         ///< last
  std::string problem_;
};

} // namespace signalbox
