#include "api/subscriber_table.hpp"

#include <algorithm>

#include "api/change_defaults.hpp"

namespace signalbox {

namespace {

std::size_t size_of(const fresh_change& x) {
  return sizeof x + (x.event ? x.event->frame->size() : 0);
}

} // namespace

void subscriber_table::add(subscriber& x, const keys& follows) {
  for (auto& key : follows) {
    auto& list = followers_[key];
    if (list == nullptr)
      list = std::make_shared<followers>();
    list->insert(&x);
  }
}

void subscriber_table::remove(subscriber& x, const keys& follows) {
  for (auto& key : follows) {
    auto i = followers_.find(key);
    auto& list = *i->second;
    list.erase(&x);
    if (list.empty())
      followers_.erase(i);
  }
}

std::uint64_t subscriber_table::deliver(const change_round& round) {
  std::uint64_t out = 0;
  for (auto& x : round.changes) {
    if (x.place < delivered_)
      continue;
    delivered_ = x.place + 1;
    out += hand_on(x);
  }
  delivered_ = std::max(delivered_, round.to);
  return out;
}

std::uint64_t subscriber_table::hand_on(const fresh_change& x) {
  std::uint64_t out = 0;
  for (auto& key : filter_keys_of(x.client_id, x.profile)) {
    auto found = followers_.find(key);
    if (found == followers_.end())
      continue;
    if (out == 0)
      keep(x);
    // Whoever hears of it may be gone then, and the list with the last one.
    const auto list = found->second;
    for (auto i = list->begin(); i != list->end(); ++out)
      (*i++)->on_change(x.place);
  }
  return out;
}

void subscriber_table::keep(const fresh_change& x) {
  recent_.push_back(x);
  bytes_ += size_of(x);
  while (recent_.size() > change_defaults::max_lag_events ||
         bytes_ > change_defaults::max_lag_bytes) {
    oldest_ = recent_.front().place + 1;
    bytes_ -= size_of(recent_.front());
    recent_.pop_front();
  }
}

const fresh_change* subscriber_table::find(std::uint64_t from,
                                           const change_filter& filter) const {
  auto i = std::lower_bound(
      recent_.begin(), recent_.end(), from,
      [](auto& x, std::uint64_t place) { return x.place < place; });
  i = std::find_if(i, recent_.end(), [&](auto& x) {
    return filter.matches(x.client_id, x.profile);
  });
  return i == recent_.end() ? nullptr : &*i;
}

} // namespace signalbox
