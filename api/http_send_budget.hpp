#pragma once

#include <atomic>
#include <cstddef>

namespace signalbox {

/// What all connections of a server may hold together for readers that do not
/// take it: each is bounded by itself, but there are many. Counts answers from
/// the moment when a socket does not take them at once; bytes that lie ready
/// for everybody are not copied and do not count. Any thread.
class http_send_budget {
 public:
  /// `limit` in bytes.
  explicit http_send_budget(std::size_t limit) : limit_{limit} {}

  std::size_t waiting() const {
    return waiting_.load(std::memory_order_relaxed);
  }
  bool is_overdrawn() const { return waiting() > limit_; }

  /// Whether slow readers have to go now, so that quick ones find room.
  bool is_tight() const { return waiting() > limit_ - limit_ / 8; }

  /// What one connection holds of it; given back with its end at the latest.
  class share {
   public:
    share() = default;
    share(const share&) = delete;
    share& operator=(const share&) = delete;
    ~share() { give_back(); }

    bool is_held() const { return of_ != nullptr; }

    void take(http_send_budget& of, std::size_t bytes) {
      give_back();
      of_ = &of;
      bytes_ = bytes;
      of.waiting_.fetch_add(bytes, std::memory_order_relaxed);
    }

    void give_back() {
      if (of_ != nullptr)
        of_->waiting_.fetch_sub(bytes_, std::memory_order_relaxed);
      of_ = nullptr;
    }

   private:
    http_send_budget* of_ = nullptr;
    std::size_t bytes_ = 0;
  };

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> waiting_{0};
};

} // namespace signalbox
