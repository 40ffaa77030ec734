#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace signalbox {

/// Hands batches from one thread to another through slots that are used again:
/// nothing is copied, and the writer waits when it is too far ahead.
template <class Batch, std::size_t Slots>
class batch_queue {
 public:
  /// Writer: the next slot to fill; nullptr once the reader gave up.
  Batch* begin_write() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock,
                  [&] { return abandoned_ || written_ - taken_ < Slots; });
    return abandoned_ ? nullptr : &slots_[written_ % Slots];
  }

  /// Writer: what begin_write gave is full.
  void end_write() {
    change([&] { ++written_; });
  }

  /// Writer: nothing follows.
  void finish() {
    change([&] { finished_ = true; });
  }

  /// Reader: the next full slot; nullptr at the end.
  Batch* begin_read() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return finished_ || written_ > taken_; });
    return written_ > taken_ ? &slots_[taken_ % Slots] : nullptr;
  }

  /// Reader: what begin_read gave may be filled again.
  void end_read() {
    change([&] { ++taken_; });
  }

  /// Reader: takes no more.
  void abandon() {
    change([&] { abandoned_ = true; });
  }

 private:
  template <class F>
  void change(F f) {
    {
      std::lock_guard lock{mutex_};
      f();
    }
    changed_.notify_one();
  }

  std::array<Batch, Slots> slots_;
  std::mutex mutex_;
  std::condition_variable changed_; // one thread waits at a time
  std::size_t written_ = 0;
  std::size_t taken_ = 0;
  bool finished_ = false;
  bool abandoned_ = false;
};

} // namespace signalbox
