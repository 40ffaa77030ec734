#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace signalbox {

/// Lets a few subscribers at a time read a page of what they missed; the others
/// wait in the order in which they came. Who has read a page gives its turn
/// back before it is sent, so a slow reader keeps nobody waiting, and asks
/// again behind the others for the next one. Any thread.
class catch_up_turns {
 public:
  /// Held while a page is read; given back when the last copy is gone.
  using turn = std::shared_ptr<void>;
  /// Called once with the turn, on the thread that asks or that gives a turn
  /// back: it must hand on its work and not do it.
  using taker = std::function<void(turn)>;

  /// `most`: turns at once, 1 at least.
  explicit catch_up_turns(std::size_t most);

  /// A taker that is dropped by its worker drops its turn.
  void ask(taker take);

  /// Those that wait now.
  std::size_t waiting() const;

 private:
  struct queue;
  std::shared_ptr<queue> queue_; ///< outlives the turns
};

} // namespace signalbox
