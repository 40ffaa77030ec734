#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>

#include "tests/system/history/fleet.hpp"
#include "tests/system/history/history.hpp"

namespace signalbox::test {

/// A subscriber to server-sent events that goes on, where it was, at any node
/// when a stream ends. Used by one thread.
class follower {
 public:
  follower(fleet& all, int number, std::uint32_t seed,
           std::chrono::seconds patience);

  /// Listens until it has been told of the change at `last`, which is 0 while
  /// nobody knows which that is, or until its patience ends then.
  void run(const std::atomic<std::uint64_t>& last);

  const followed& heard() const { return heard_; }

 private:
  void listen(const std::atomic<std::uint64_t>& last);
  bool is_done(const std::atomic<std::uint64_t>& last) const;

  fleet& all_;
  std::mt19937 random_;
  std::chrono::seconds patience_;
  std::string token_;
  followed heard_;
};

} // namespace signalbox::test
