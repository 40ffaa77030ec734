#include "api/update_events.hpp"

#include "api/change_defaults.hpp"
#include "events/head.hpp"
#include "projections/change_search.hpp"

namespace signalbox {

update_events::update_events(const event_log& log, std::int64_t head_life,
                             head_maker make_head)
    : log_{log}, head_life_{head_life}, make_head_{std::move(make_head)} {}

/// What is not in force any more goes without a head, whatever the keyset.
update_events::footing update_events::footing_of(const view& seen,
                                                 std::uint64_t place) const {
  if (!is_in_force(seen, place))
    return {};
  return {true, seen.ledger.keyset_version,
          head_period(seen.log_time, head_life_)};
}

update_events::event update_events::ready(const view& seen,
                                          std::uint64_t place) const {
  const auto on = footing_of(seen, place);
  const std::lock_guard lock{mutex_};
  auto i = kept_.find(place);
  return i != kept_.end() && i->second.on == on ? i->second.what : nullptr;
}

result<update_events::event> update_events::get(const view& seen,
                                                std::uint64_t place) {
  if (auto x = ready(seen, place))
    return x;
  const std::lock_guard lock{composing_};
  if (auto x = ready(seen, place))
    return x; // whoever composed before has just made it
  const auto on = footing_of(seen, place);
  std::string head;
  if (on.in_force) {
    auto& key = seen.past->channel_keys[seen.past->changes[place].channel];
    head = make_head_(seen, *seen.find_channel(key));
  }
  auto made = compose_event(log_, seen, place, head);
  if (!made)
    return made.error();
  auto out = std::make_shared<const update_event>(std::move(*made));
  keep(place, {on, out});
  return event{out};
}

void update_events::keep(std::uint64_t place, kept x) {
  const std::lock_guard lock{mutex_};
  bytes_ += x.what->frame->size();
  auto [i, added] = kept_.try_emplace(place);
  if (added)
    order_.push_back(place);
  else
    bytes_ -= i->second.what->frame->size();
  i->second = std::move(x);
  while (order_.size() > change_defaults::max_kept_events ||
         bytes_ > change_defaults::max_kept_bytes) {
    auto oldest = kept_.find(order_.front());
    bytes_ -= oldest->second.what->frame->size();
    kept_.erase(oldest);
    order_.pop_front();
  }
}

} // namespace signalbox
