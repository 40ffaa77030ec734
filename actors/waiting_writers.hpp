#pragma once

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/proposal.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// The proposals whose writers wait for an outcome: bounded by count, bytes and
/// principal, with a slot kept for what is urgent.
class waiting_writers {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// False if there is no room for it.
  bool add(const std::shared_ptr<proposal>& x, time_point deadline);

  /// Takes the one that an outcome belongs to. Two commands may wait under one
  /// id: the request tells whose it is. Null if there is none.
  std::shared_ptr<proposal> take(const event_id& id, std::uint32_t attempt,
                                 const digest& request);

  /// Takes this very one; null if it waits no more.
  std::shared_ptr<proposal> take(const proposal& x);

  std::vector<std::shared_ptr<proposal>> take_expired(time_point now);
  std::vector<std::shared_ptr<proposal>> take_all();

  bool contains(const event_id& id) const { return waiting_.contains(id); }
  std::size_t size() const { return waiting_.size(); }

 private:
  struct waiter {
    std::shared_ptr<proposal> what;
    time_point deadline;
  };
  using table = std::unordered_multimap<event_id, waiter, fixed_bytes_hash>;

  bool has_room(const proposal& x) const;
  std::shared_ptr<proposal> take(table::iterator x);

  template <class Matches>
  std::shared_ptr<proposal> take_first(const event_id& id, Matches matches);

  table waiting_;
  std::unordered_map<principal_id, std::size_t, fixed_bytes_hash> by_principal_;
  std::size_t bytes_ = 0;
};

} // namespace signalbox
