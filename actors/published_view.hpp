#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "projections/view.hpp"

namespace signalbox {

/// A view and when this process published it.
struct published {
  std::shared_ptr<const view> data;
  std::chrono::steady_clock::time_point at;
};

/// The one thing that actors share with readers: the pointer to the current
/// view. The ledger stores, any thread loads; nobody waits.
class published_view {
 public:
  void store(std::shared_ptr<const view> x,
             std::chrono::steady_clock::time_point now) {
    current_.store(
        std::make_shared<const published>(published{std::move(x), now}));
    generation_.fetch_add(1, std::memory_order_release);
    if (const auto hears = listener_.load())
      (*hears)();
  }

  /// Called after each store, on the storing thread: it must not block, nor
  /// throw. Replaces the one before, which may run once more. Any thread.
  void listen(std::function<void()> hears) {
    listener_.store(
        std::make_shared<const std::function<void()>>(std::move(hears)));
  }

  /// Null until the first view is published.
  std::shared_ptr<const published> load() const { return current_.load(); }

  /// Changes with every store: cheaper to look at than the pointer.
  std::uint64_t generation() const {
    return generation_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<std::shared_ptr<const published>> current_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::shared_ptr<const std::function<void()>>> listener_;
};

} // namespace signalbox
