#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "actors/defaults.hpp"
#include "actors/state_words.hpp"

namespace signalbox {

/// Where a node's fold and the stream between the nodes meet: what the fold
/// came to goes out, what the others' folds came to comes in. Any thread.
class state_exchange {
 public:
  /// When the fold says what it came to, and how often it is doubted.
  struct times {
    std::chrono::milliseconds quiet = actor_defaults::compare_after;
    std::chrono::milliseconds between_refolds = actor_defaults::refold_every;
  };

  explicit state_exchange(std::function<void(std::string)> alarm)
      : state_exchange{std::move(alarm), times{}} {}
  state_exchange(std::function<void(std::string)> alarm, const times& x)
      : alarm_{std::move(alarm)}, times_{x} {}

  const times& when() const { return times_; }

  /// What is called with the node's own words from now on. Null: nobody, and
  /// it is not called any more after that.
  void listen(std::function<void(const state_hashed&)> hears);

  void publish(const state_hashed& x);

  /// Takes what a node said. What is too much to be kept is dropped.
  void offer(const state_word& x);

  /// What was said since the last call.
  std::vector<state_word> take();

  /// Tells the operator of what must not be.
  void alarm(std::string line) const;

 private:
  std::function<void(std::string)> alarm_;
  times times_;
  std::mutex mutex_;
  std::function<void(const state_hashed&)> hears_; // under mutex_
  std::vector<state_word> said_;                   // under mutex_
};

} // namespace signalbox
