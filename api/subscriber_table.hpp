#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/change_round.hpp"
#include "projections/change_filter.hpp"

namespace signalbox {

/// Somebody who hears of changes as they come.
class subscriber {
 public:
  /// There is a change that the filter matches, at this place or, if that was
  /// known before, behind it. The subscriber may be gone when it returns.
  virtual void on_change(std::uint64_t place) = 0;

 protected:
  ~subscriber() = default;

 private:
  friend class subscriber_table;
  std::vector<std::uint32_t> seats_; ///< one in the list of each key
};

/// The subscribers of one HTTP worker, found by what they follow, so that those
/// whom a change does not concern cost nothing; and the last changes, for those
/// who read slowly. On the worker's thread alone.
///
/// A round is taken at once, and its subscribers are told a slice at a time, so
/// that the worker's other connections have their turn meanwhile. Of rounds
/// that come faster than all can be told, a subscriber hears once and finds all
/// of them: what waits is bounded by the lists, not by the rounds.
class subscriber_table {
 public:
  using keys = std::vector<std::string>;
  using time_point = std::chrono::steady_clock::time_point;

  void add(subscriber& x, const keys& follows);
  void remove(subscriber& x, const keys& follows);

  /// Keeps the round's changes that were not delivered before; their followers
  /// are told by `tell`.
  void take(const change_round& round);

  /// Tells the next subscribers, `most` at most; false when none is left.
  /// `told_all` is called with the time of the publication whenever the last
  /// follower of something has been told.
  bool tell(std::size_t most, const std::function<void(time_point)>& told_all);

  /// All changes before this place were delivered: taken.
  std::uint64_t delivered() const { return delivered_; }

  /// The first change at or after a place that a filter matches, or null.
  const fresh_change* find(std::uint64_t from,
                           const change_filter& filter) const;

  /// Whether changes at or after a place have been let go.
  bool has_lost(std::uint64_t from) const { return from < oldest_; }

 private:
  /// Whoever is to be told of the changes from a place on.
  struct sweep {
    std::uint64_t from = 0;
    time_point published_at;
  };

  /// All of one key. A seat stays where it is, so that one may come or go
  /// while the list is told.
  struct followers {
    std::vector<subscriber*> seats; ///< null: free
    std::vector<std::uint32_t> free;
    std::optional<sweep> next; ///< it waits in `waiting_` then
  };

  void keep(const fresh_change& x);
  bool begin_sweep();
  void prefetch_seat() const;

  std::unordered_map<std::string, std::shared_ptr<followers>> followers_;
  std::deque<std::shared_ptr<followers>> waiting_;
  std::shared_ptr<followers> told_; ///< now, or null
  sweep now_;                       ///< of `told_`
  std::size_t seat_ = 0;            ///< in `told_`, the next
  std::deque<fresh_change> recent_; ///< that somebody here follows
  std::uint64_t oldest_ = 0;
  std::uint64_t delivered_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace signalbox
