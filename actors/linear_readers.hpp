#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "actors/proposal.hpp"
#include "events/errors.hpp"

namespace signalbox {

class node_status;

/// One who reads only what shows all that was acknowledged anywhere before it
/// asked. Told exactly once, from any thread; `unavailable` if it is dropped.
class linear_reader {
 public:
  /// Success: the published view shows it.
  using function = std::function<void(result<void>)>;

  explicit linear_reader(function f) : f_{std::move(f)} {}
  linear_reader(const linear_reader&) = delete;
  linear_reader& operator=(const linear_reader&) = delete;
  ~linear_reader();

  /// What those are told whom the ledger leaves.
  static failure gone();

  /// Later calls do nothing.
  void operator()(const result<void>& x);

 private:
  function f_;
  std::atomic<bool> done_{false};
};

/// Whether this answer to a tick says that the fold has passed it.
/// Errors: `unavailable`, `read_only`, `overloaded`: nothing is known then.
result<void> judge_tick(const command_answer& x);

/// Linear readers of one node and the ticks that they ride on. Whatever was
/// acknowledged before a tick was sent stands before it in the log; so who
/// waits for a tick that was sent after the question has waited for all that.
///
/// One tick serves everybody who waits when it leaves. One is under way at a
/// time, and two leave `linear_apart` apart at least, so that a log that is
/// late gets no queue of them.
///
/// Knows no actors and no clock; runs on the ledger's thread.
class linear_readers {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit linear_readers(node_status& status) : status_{status} {}

  /// Takes one in, or refuses it with `overloaded`.
  void add(std::shared_ptr<linear_reader> x, time_point now);

  /// When the next tick may leave; none if nobody waits for it, or while
  /// another is under way.
  std::optional<time_point> due() const;

  /// A tick leaves with all who wait for one.
  void depart(time_point now);

  /// What became of the tick, told to all who rode on it.
  void arrive(const result<void>& x);

  /// Refuses those who have waited for `linear_within`.
  void expire(time_point now);

  /// Nobody will be told from here: all are refused with this.
  void abandon(const failure& why);

  std::size_t size() const { return waiting_.size() + riding_.size(); }

 private:
  struct one {
    std::shared_ptr<linear_reader> who;
    time_point deadline;
  };
  using queue = std::deque<one>; // deadlines never decrease

  void tell(queue xs, const result<void>& x);
  void count() const;

  node_status& status_;
  queue waiting_; ///< for a tick to leave
  queue riding_;  ///< on the one that is under way
  bool under_way_ = false;
  std::optional<time_point> left_; ///< when the last one did
};

} // namespace signalbox
