#include "actors/lanes.hpp"

#include "actors/command.hpp"

#include <algorithm>

namespace signalbox {

lanes::turn lanes::enter(const std::shared_ptr<command>& x,
                         time_point deadline) {
  if (x->lane.empty())
    return turn::now;
  auto [i, is_new] = waiting_.try_emplace(x->lane);
  if (is_new)
    return turn::now;
  if (i->second.size() >= limits_.per_lane || queued_ >= limits_.in_all)
    return turn::never;
  i->second.push_back({x, deadline});
  ++queued_;
  return turn::later;
}

std::shared_ptr<command> lanes::leave(const command& x) {
  auto i = waiting_.find(x.lane);
  if (x.lane.empty() || i == waiting_.end())
    return nullptr;
  if (i->second.empty()) {
    waiting_.erase(i);
    return nullptr;
  }
  auto next = std::move(i->second.front().what);
  i->second.pop_front();
  --queued_;
  return next;
}

std::vector<std::shared_ptr<command>> lanes::expire(time_point now) {
  std::vector<std::shared_ptr<command>> out;
  for (auto& [name, queue] : waiting_)
    for (; !queue.empty() && queue.front().deadline <= now; --queued_) {
      out.push_back(std::move(queue.front().what));
      queue.pop_front();
    }
  return out;
}

std::optional<lanes::time_point> lanes::next_deadline() const {
  std::optional<time_point> out;
  for (auto& [name, queue] : waiting_)
    if (!queue.empty())
      out = std::min(out.value_or(queue.front().deadline),
                     queue.front().deadline);
  return out;
}

} // namespace signalbox
