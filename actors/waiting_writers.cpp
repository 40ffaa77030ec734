#include "actors/waiting_writers.hpp"

#include "actors/defaults.hpp"
#include "events/record.hpp"

namespace signalbox {

namespace d = actor_defaults;

bool waiting_writers::has_room(const proposal& x) const {
  auto limit = d::max_in_flight - (x.urgent ? 0 : d::urgent_slots);
  // A slot is worth nothing without the bytes for it.
  auto byte_limit = d::max_in_flight_bytes + (x.urgent ? max_record_bytes : 0);
  auto held = by_principal_.find(x.principal);
  bool greedy = held != by_principal_.end() &&
                held->second >= d::max_in_flight_per_principal;
  return waiting_.size() < limit && bytes_ + x.record.size() <= byte_limit &&
         (!greedy || x.urgent);
}

bool waiting_writers::add(const std::shared_ptr<proposal>& x,
                          time_point deadline) {
  if (!has_room(*x))
    return false;
  ++by_principal_[x->principal];
  bytes_ += x->record.size();
  waiting_.emplace(x->id, waiter{x, deadline});
  return true;
}

std::shared_ptr<proposal> waiting_writers::take(table::iterator x) {
  auto out = std::move(x->second.what);
  waiting_.erase(x);
  bytes_ -= out->record.size();
  if (auto i = by_principal_.find(out->principal);
      i != by_principal_.end() && --i->second == 0)
    by_principal_.erase(i);
  return out;
}

template <class Matches>
std::shared_ptr<proposal> waiting_writers::take_first(const event_id& id,
                                                      Matches matches) {
  auto [first, last] = waiting_.equal_range(id);
  for (auto i = first; i != last; ++i)
    if (matches(*i->second.what))
      return take(i);
  return nullptr;
}

std::shared_ptr<proposal> waiting_writers::take(const event_id& id,
                                                std::uint32_t attempt,
                                                const digest& request) {
  return take_first(id, [&](const proposal& x) {
    return x.attempt == attempt && x.request == request;
  });
}

std::shared_ptr<proposal> waiting_writers::take(const proposal& x) {
  return take_first(x.id, [&](const proposal& y) { return &x == &y; });
}

std::vector<std::shared_ptr<proposal>>
waiting_writers::take_expired(time_point now) {
  std::vector<std::shared_ptr<proposal>> out;
  for (auto i = waiting_.begin(); i != waiting_.end();) {
    auto current = i++;
    if (current->second.deadline <= now)
      out.push_back(take(current));
  }
  return out;
}

std::vector<std::shared_ptr<proposal>> waiting_writers::take_all() {
  return take_expired(time_point::max());
}

} // namespace signalbox
