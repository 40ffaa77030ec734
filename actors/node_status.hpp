#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace signalbox {

/// Whether this node takes writes and keeps up, with the reason if not; what
/// the readiness end points and the metrics show. Actors set it, any thread
/// reads it.
class node_status {
 public:
  /// Empty: the ledger folds and is caught up.
  void set_ledger_problem(std::string reason) {
    std::lock_guard lock{mutex_};
    ledger_problem_ = std::move(reason);
  }

  /// Empty: the log takes appends.
  void set_log_problem(std::string reason) {
    std::lock_guard lock{mutex_};
    log_problem_ = std::move(reason);
  }

  /// Empty: the ledger has not moved. Where it went is no reason against
  /// reading what is here.
  void set_moved(std::string where) {
    std::lock_guard lock{mutex_};
    moved_ = std::move(where);
  }

  /// Empty: as far as it is known the nodes have one history.
  void set_history_problem(std::string reason) {
    std::lock_guard lock{mutex_};
    history_problem_ = std::move(reason);
  }

  /// Why writes are refused now; empty if they are taken.
  std::string write_problem() const {
    std::lock_guard lock{mutex_};
    for (auto* x : {&ledger_problem_, &moved_, &history_problem_})
      if (!x->empty())
        return *x;
    return log_problem_;
  }

  /// Why the log takes no appends; empty if it does.
  std::string log_problem() const {
    std::lock_guard lock{mutex_};
    return log_problem_;
  }

  /// Why the view grows stale; empty if it follows the log.
  std::string read_problem() const {
    std::lock_guard lock{mutex_};
    return ledger_problem_;
  }

  /// When the log was last known to be read whole. Never called where this
  /// process is its only writer.
  void set_current_at(std::chrono::steady_clock::time_point x) {
    current_at_ = x;
  }

  /// How much older than the log the view may be.
  std::chrono::steady_clock::duration behind() const {
    using clock = std::chrono::steady_clock;
    const auto at = current_at_.load(std::memory_order_relaxed);
    return at == always ? clock::duration{} : clock::now() - at;
  }

  std::atomic<std::uint64_t> log_end{0}; ///< entries in the log
  std::atomic<std::uint64_t> folded{0};  ///< entries folded
  std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> accepted{0}; ///< entries accepted since the start
  std::atomic<std::uint64_t> voided{0};   ///< entries voided since the start
  std::atomic<std::uint64_t> overloads{0};
  std::atomic<std::uint64_t> append_failures{0};
  std::atomic<std::uint64_t> save_failures{0};
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<std::uint64_t> linear_readers{0};  ///< that wait now
  std::atomic<std::uint64_t> linear_ticks{0};    ///< that left for them
  std::atomic<std::int64_t> clock_difference{0}; ///< wall - log, ms

  // What other nodes' folds came to, beside this one's.
  std::atomic<std::uint64_t> state_agreements{0};
  std::atomic<std::uint64_t> state_disagreements{0};
  std::atomic<std::uint64_t> state_alarms{0}; ///< nodes that differ now
  std::atomic<std::uint64_t> state_refolds{0};
  std::atomic<std::uint64_t> state_repairs{0};

 private:
  static constexpr auto always = std::chrono::steady_clock::time_point::max();

  std::atomic<std::chrono::steady_clock::time_point> current_at_{always};
  mutable std::mutex mutex_;
  std::string ledger_problem_ = "starting";
  std::string log_problem_;
  std::string moved_;
  std::string history_problem_;
};

} // namespace signalbox
