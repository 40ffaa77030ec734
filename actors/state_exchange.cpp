#include "actors/state_exchange.hpp"

namespace signalbox {

void state_exchange::listen(std::function<void(const state_hashed&)> hears) {
  const std::lock_guard lock{mutex_};
  hears_ = std::move(hears);
}

void state_exchange::publish(const state_hashed& x) {
  const std::lock_guard lock{mutex_};
  if (hears_)
    hears_(x);
}

void state_exchange::offer(const state_word& x) {
  const std::lock_guard lock{mutex_};
  if (said_.size() < actor_defaults::words_awaited)
    said_.push_back(x);
}

std::vector<state_word> state_exchange::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(said_, {});
}

void state_exchange::alarm(std::string line) const {
  if (alarm_)
    alarm_(std::move(line));
}

} // namespace signalbox
