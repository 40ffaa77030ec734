#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/clock_watch.hpp"
#include "actors/commands_in_doubt.hpp"
#include "actors/defaults.hpp"
#include "actors/node_status.hpp"
#include "actors/proposal.hpp"
#include "actors/published_view.hpp"
#include "actors/state_watch.hpp"
#include "actors/stored_state.hpp"
#include "actors/waiting_writers.hpp"
#include "events/envelope.hpp"
#include "events/head.hpp"
#include "projections/fold.hpp"
#include "projections/ledger_state.hpp"
#include "projections/replay.hpp"
#include "projections/view.hpp"
#include "storage/head_file.hpp"
#include "storage/log.hpp"
#include "storage/shared_log.hpp"
#include "storage/state_store.hpp"

namespace signalbox {

/// What a ledger works on; all references outlive it.
struct ledger_config {
  const event_log& log;
  state_store& store;
  published_view& view;
  node_status& status;
  const head_file* head = nullptr; ///< null: none is kept
  principal_id node;
  std::int64_t head_life = default_head_life;
  bool writes = true; ///< false: a follower that never proposes
  std::function<timestamp()> wall_clock;
  std::function<std::chrono::steady_clock::time_point()> steady_clock;
  /// Takes one line for the operator.
  std::function<void(std::string)> warn = nullptr;
  /// Called now and then while a long log is folded: entries done, of all.
  std::function<void(std::uint64_t, std::uint64_t)> progress = nullptr;
  /// Where the folds of other nodes are compared with this one; null: there are
  /// none.
  state_exchange* exchange = nullptr;
  /// The log, where other processes write to it too: it is read through at the
  /// start.
  shared_log* shared = nullptr;
};

/// The ledger without its actor: folds the log, publishes views, knows who
/// waits for which outcome, keeps the house. Runs on one thread at a time.
class ledger_keeper {
 public:
  explicit ledger_keeper(ledger_config config);

  /// Loads the stored state, or folds from the beginning, up to the end of the
  /// log, checks the head file and publishes the first view.
  /// Errors: `log_corrupt`, `unavailable`, `io`; the view is then as far as the
  /// fold came.
  result<void> recover();

  /// Takes a proposal in, or answers it at once and returns false.
  bool admit(const std::shared_ptr<proposal>& x);

  /// Folds up to the end of the log, publishes, answers.
  void follow();

  /// Answers the writer of a record that failed to be appended.
  void on(const failure& why, const proposal& x);

  /// The entry that ends a command whose last attempt lost a race; null, and
  /// answered, if this node may write none. Until the log has it, or another
  /// outcome, the command is in doubt.
  std::shared_ptr<proposal> make_closing(const event_id& id,
                                         std::uint32_t attempt,
                                         std::shared_ptr<answer_once> answer);

  /// For fault::answer_on_delivery alone: answers as if it had been accepted.
  void answer_unjudged(const proposal& x);

  /// Answers with what became of a command: `not_found`, or its outcome.
  /// See find_command.
  void find(const event_id& id, bool for_good, answer_once& answer);

  /// Time-outs, saving, head file. Returns proposals of the node's own: a tick
  /// when a period has turned, command_closed for what was told `pending`.
  std::vector<std::shared_ptr<proposal>> beat();

  /// Whether the log refuses writes, or is still shown to: an empty group
  /// brings it back, or shows that it is back.
  bool log_needs_probe() const {
    return config_.log.health().state != log_health::mode::writable ||
           !config_.status.log_problem().empty();
  }

  /// Whether the node writes and is an active one of the ledger: what another
  /// proposes of its own is void, and only fills the log.
  bool may_propose() const;

  /// A tick, to be proposed. `then` is called with its answer, on any thread.
  std::shared_ptr<proposal> make_tick(std::function<void()> then = nullptr);

  /// Why this node may send no tick for linear readers, so that it cannot find
  /// out what others wrote: `unavailable`, `read_only`.
  std::optional<failure> why_no_tick() const;

  /// A tick for linear readers. Precondition: no why_no_tick().
  std::shared_ptr<proposal>
  make_linear_tick(std::shared_ptr<answer_once> answer);

  /// Saves state and head file: the last act of an orderly stop. Warns of what
  /// fails. Errors: those of store and head file.
  result<void> finish();

  /// Tells every writer that waits that the outcome will not come from here.
  void abandon();

  const ledger_state& state() const { return state_; }

 private:
  using time_point = std::chrono::steady_clock::time_point;

  result<void> fold_whole_log();
  result<void> fold_log();
  result<verdict> fold_one(const replayed_entry& x);
  void publish();
  void watch_moves();
  void stop(std::string reason);
  void settle(const verdict& x);
  void remember(const proposal& x);
  command_answer answer_for(const verdict& x, const proposal& waiting) const;
  command_answer describe(log_index decided, bool replayed,
                          const std::string& aggregate) const;
  void expire_waiters(time_point now);
  void close_overdue(std::vector<std::shared_ptr<proposal>>& out);
  bool tick_is_due() const;
  std::shared_ptr<proposal> make_own(event::body body, expectation expected);
  void watch_clock();
  void watch_state();
  void take_over(ledger_state state);
  result<void> save();
  result<void> write_head_file();
  void warn(std::string line) const;

  ledger_config config_;
  stored_state stored_;
  ledger_state state_;
  view_builder views_;
  std::shared_ptr<const view> last_view_;
  std::string stopped_; ///< why the fold stopped; empty: it runs
  std::string moved_;   ///< where the ledger went; empty: it is here
  waiting_writers waiting_;
  commands_in_doubt in_doubt_;
  std::uint64_t marked_at_ = 0;
  time_point head_written_{};
  clock_watch clock_;
  std::optional<state_watch> watch_; ///< none: there is nobody to compare with
  std::shared_ptr<std::atomic<bool>> tick_in_flight_ =
      std::make_shared<std::atomic<bool>>(false);
};

} // namespace signalbox
