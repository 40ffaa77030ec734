#include "actors/updates_election.hpp"

#include <algorithm>

namespace signalbox {

void updates_election::calm(clock::time_point now) {
  std::uniform_int_distribution<std::int64_t> more{0, wait_.count()};
  due_ = now + wait_ + std::chrono::milliseconds{more(random_)};
}

void updates_election::lost(clock::time_point now) {
  const bool held_out = elected_at_ && now - *elected_at_ > limits_.longest;
  wait_ = held_out ? limits_.shortest : std::min(2 * wait_, limits_.longest);
  elected_at_.reset();
  calm(now);
}

} // namespace signalbox
