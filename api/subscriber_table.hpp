#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "api/change_round.hpp"
#include "projections/change_filter.hpp"

namespace signalbox {

/// Somebody who hears of changes as they come.
class subscriber {
 public:
  /// A change that the filter matches. The subscriber may be gone when it
  /// returns.
  virtual void on_change(std::uint64_t place) = 0;

 protected:
  ~subscriber() = default;
};

/// The subscribers of one HTTP worker, found by what they follow, so that those
/// whom a change does not concern cost nothing; and the last changes, for those
/// who read slowly. On the worker's thread alone.
class subscriber_table {
 public:
  using keys = std::vector<std::string>;

  void add(subscriber& x, const keys& follows);
  void remove(subscriber& x, const keys& follows);

  /// Hands the round's changes on that were not delivered before; returns how
  /// many subscribers heard of one.
  std::uint64_t deliver(const change_round& round);

  /// All changes before this place were delivered.
  std::uint64_t delivered() const { return delivered_; }

  /// The first change at or after a place that a filter matches, or null.
  const fresh_change* find(std::uint64_t from,
                           const change_filter& filter) const;

  /// Whether changes at or after a place have been let go.
  bool has_lost(std::uint64_t from) const { return from < oldest_; }

 private:
  using followers = std::unordered_set<subscriber*>;

  std::uint64_t hand_on(const fresh_change& x);
  void keep(const fresh_change& x);

  std::unordered_map<std::string, std::shared_ptr<followers>> followers_;
  std::deque<fresh_change> recent_; ///< that somebody here follows
  std::uint64_t oldest_ = 0;
  std::uint64_t delivered_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace signalbox
