#include "actors/lanes.hpp"

#include "actors/command.hpp"

namespace signalbox {

bool lanes::enter(const std::shared_ptr<command>& x) {
  if (x->lane.empty())
    return true;
  auto [i, is_new] = waiting_.try_emplace(x->lane);
  if (!is_new)
    i->second.push_back(x);
  return is_new;
}

std::shared_ptr<command> lanes::leave(const command& x) {
  auto i = waiting_.find(x.lane);
  if (x.lane.empty() || i == waiting_.end())
    return nullptr;
  if (i->second.empty()) {
    waiting_.erase(i);
    return nullptr;
  }
  auto next = std::move(i->second.front());
  i->second.pop_front();
  return next;
}

} // namespace signalbox
