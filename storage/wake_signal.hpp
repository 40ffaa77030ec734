#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

namespace signalbox {

/// Tells a thread that there is work: whoever waits, or a listener. Raised
/// again before it is cleared it does nothing. Any thread.
class wake_signal {
 public:
  void raise() {
    if (raised_.exchange(true))
      return;
    const std::lock_guard guard{mutex_};
    called_.notify_all();
    if (listener_)
      listener_();
  }

  /// From here on work makes it rise again.
  void clear() { raised_ = false; }

  void wait(std::chrono::milliseconds most) {
    std::unique_lock guard{mutex_};
    called_.wait_for(guard, most, [this] { return raised_.load(); });
  }

  /// Calls the listener at once, for what came before. Null ends it: it is not
  /// called any more after that.
  void listen(std::function<void()> listener) {
    const std::lock_guard guard{mutex_};
    listener_ = std::move(listener);
    if (listener_)
      listener_();
  }

 private:
  std::atomic<bool> raised_{false};
  std::mutex mutex_;
  std::condition_variable called_;
  std::function<void()> listener_; // under mutex_
};

} // namespace signalbox
