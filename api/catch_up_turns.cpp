#include "api/catch_up_turns.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>

namespace signalbox {

struct catch_up_turns::queue : std::enable_shared_from_this<queue> {
  explicit queue(std::size_t most) : free{std::max<std::size_t>(most, 1)} {}

  /// Serves who waits, as long as there are turns. One after another even if
  /// a turn is dropped at once, so that the stack does not grow.
  void serve() {
    std::unique_lock lock{mutex};
    if (std::exchange(serving, true))
      return;
    while (free > 0 && !takers.empty()) {
      --free;
      auto take = std::move(takers.front());
      takers.pop_front();
      lock.unlock();
      hand(std::move(take));
      lock.lock();
    }
    serving = false;
  }

  /// Without memory for it the turn comes back, and the taker is gone.
  void hand(taker take) {
    try {
      take(turn{nullptr, [mine = shared_from_this()](void*) noexcept {
                  mine->give_back();
                }});
    } catch (const std::exception&) {
    }
  }

  void give_back() noexcept {
    {
      const std::lock_guard lock{mutex};
      ++free;
    }
    serve();
  }

  mutable std::mutex mutex;
  std::size_t free;
  std::deque<taker> takers;
  bool serving = false;
};

catch_up_turns::catch_up_turns(std::size_t most)
    : queue_{std::make_shared<queue>(most)} {}

void catch_up_turns::ask(taker take) {
  {
    const std::lock_guard lock{queue_->mutex};
    queue_->takers.push_back(std::move(take));
  }
  queue_->serve();
}

std::size_t catch_up_turns::waiting() const {
  const std::lock_guard lock{queue_->mutex};
  return queue_->takers.size();
}

} // namespace signalbox
