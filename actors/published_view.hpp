#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

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
    if (const auto all = listeners_.load())
      for (auto& hears : *all)
        hears();
  }

  /// Called after each store from now on, on the storing thread: it must not
  /// block, nor throw, and needs what it uses as long as this is stored to. Any
  /// thread.
  void listen(std::function<void()> hears) {
    auto known = listeners_.load();
    for (std::shared_ptr<const listeners> more;
         more == nullptr || !listeners_.compare_exchange_weak(known, more);) {
      auto all = known ? *known : listeners{};
      all.push_back(hears);
      more = std::make_shared<const listeners>(std::move(all));
    }
  }

  /// Null until the first view is published.
  std::shared_ptr<const published> load() const { return current_.load(); }

  /// Changes with every store: cheaper to look at than the pointer.
  std::uint64_t generation() const {
    return generation_.load(std::memory_order_acquire);
  }

 private:
  using listeners = std::vector<std::function<void()>>;

  std::atomic<std::shared_ptr<const published>> current_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::shared_ptr<const listeners>> listeners_;
};

} // namespace signalbox
