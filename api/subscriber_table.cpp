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
    if (list->free.empty()) {
      list->free.push_back(static_cast<std::uint32_t>(list->seats.size()));
      list->seats.push_back(nullptr);
    }
    x.seats_.push_back(list->free.back());
    list->seats[list->free.back()] = &x;
    list->free.pop_back();
  }
}

void subscriber_table::remove(subscriber& x, const keys& follows) {
  for (std::size_t i = 0; i < x.seats_.size(); ++i) {
    auto found = followers_.find(follows[i]);
    auto& list = *found->second;
    list.seats[x.seats_[i]] = nullptr;
    list.free.push_back(x.seats_[i]);
    if (list.free.size() == list.seats.size())
      followers_.erase(found); // a sweep over it holds it until it ends
  }
  x.seats_.clear();
}

void subscriber_table::take(const change_round& round) {
  for (auto& x : round.changes) {
    if (x.place < delivered_)
      continue;
    bool kept = false;
    for (auto& key : filter_keys_of(x.client_id, x.profile)) {
      auto found = followers_.find(key);
      if (found == followers_.end())
        continue;
      if (!std::exchange(kept, true))
        keep(x);
      auto& list = found->second;
      if (list->next)
        continue; // they hear of the earlier one, and find this too
      waiting_.push_back(list);
      list->next = sweep{x.place, round.published_at};
    }
    delivered_ = x.place + 1;
  }
  delivered_ = std::max(delivered_, round.to);
}

bool subscriber_table::begin_sweep() {
  if (told_ == nullptr && !waiting_.empty()) {
    told_ = std::move(waiting_.front());
    waiting_.pop_front();
    now_ = *std::exchange(told_->next, std::nullopt);
    seat_ = 0;
  }
  return told_ != nullptr;
}

/// What each of thousands holds is in no cache when its turn comes.
void subscriber_table::prefetch_seat() const {
  constexpr std::size_t ahead = 4, lines = 8, line_bytes = 64;
  if (seat_ + ahead >= told_->seats.size())
    return;
  const auto* x = reinterpret_cast<const char*>(told_->seats[seat_ + ahead]);
  for (std::size_t i = 0; i < lines; ++i)
    __builtin_prefetch(x + i * line_bytes);
}

bool subscriber_table::tell(std::size_t most,
                            const std::function<void(time_point)>& told_all) {
  while (begin_sweep()) {
    while (seat_ < told_->seats.size()) {
      auto* x = told_->seats[seat_];
      if (x != nullptr && most-- == 0)
        return true;
      ++seat_;
      prefetch_seat();
      if (x != nullptr)
        x->on_change(now_.from);
    }
    told_.reset();
    told_all(now_.published_at);
  }
  return false;
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
