#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>

namespace signalbox {

/// A sequence that only grows, written by one thread and read by any number of
/// others without a lock: elements never move. A reader may look at the
/// elements below a size that the writer published to it (with the view).
template <class T>
class grow_only {
 public:
  grow_only() = default;
  grow_only(const grow_only&) = delete;
  grow_only& operator=(const grow_only&) = delete;

  ~grow_only() {
    for (auto& segment : segments_)
      delete[] segment.load(std::memory_order_relaxed);
  }

  /// Writer only.
  std::size_t size() const { return size_; }

  /// Writer only. Takes whatever can be assigned to an element.
  template <class X = T>
  void push_back(const X& x) {
    auto [segment, offset] = locate(size_);
    auto* elements = segments_[segment].load(std::memory_order_relaxed);
    if (elements == nullptr) {
      elements = new T[first_segment << segment];
      segments_[segment].store(elements, std::memory_order_release);
    }
    elements[offset] = x;
    ++size_;
  }

  /// Writer only, below the size. Readers may look at the element meanwhile.
  T& at(std::size_t i) {
    auto [segment, offset] = locate(i);
    return segments_[segment].load(std::memory_order_relaxed)[offset];
  }

  /// Any thread, below a published size.
  const T& operator[](std::size_t i) const {
    auto [segment, offset] = locate(i);
    return segments_[segment].load(std::memory_order_acquire)[offset];
  }

 private:
  static constexpr std::size_t first_segment = 1024;

  struct place {
    std::size_t segment;
    std::size_t offset;
  };

  /// Segment k holds 1024 * 2^k elements.
  static place locate(std::size_t i) {
    auto segment =
        static_cast<std::size_t>(std::bit_width(i / first_segment + 1) - 1);
    return {segment, i - first_segment * ((std::size_t{1} << segment) - 1)};
  }

  std::array<std::atomic<T*>, 40> segments_{};
  std::size_t size_ = 0;
};

} // namespace signalbox
