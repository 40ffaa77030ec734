#pragma once

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/system/history/fleet.hpp"

namespace signalbox::test {

/// What befalls a fleet: one thread of it to the nodes, one to the brokers.
/// What it broke is whole again when it returns.
class nemesis {
 public:
  nemesis(fleet& all, std::uint32_t seed) : all_{all}, random_{seed} {}

  /// Kills nodes (-9), stops them for a while, puts their clocks out.
  void harm_nodes(const std::atomic<bool>& over);

  /// The same to brokers, and moves the leader. Needs three of them.
  void harm_brokers(const std::atomic<bool>& over);

  /// Whether it has begun each kind of deed; any thread.
  bool has_tried_all() const { return begun_ >= kinds_; }

  /// What it did, for who reads why something failed, and what went wrong with
  /// it.
  const std::vector<std::string>& deeds() const { return deeds_; }
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  std::size_t roll(std::size_t sides) { return random_() % sides; }
  void harm_node();
  void harm_broker();
  template <class Harm>
  void repeat(const std::atomic<bool>& over, Harm harm);

  /// Each kind of deed once, in their order, and then any.
  std::size_t next_kind(std::size_t kinds) {
    kinds_ = kinds; // before the first has begun
    const auto number = begun_++;
    return number < kinds ? number : roll(kinds);
  }

  fleet& all_;
  std::mt19937 random_;
  std::atomic<std::size_t> begun_{0};
  std::atomic<std::size_t> kinds_{1}; ///< as many as there are
  std::vector<std::string> deeds_;
  std::vector<std::string> troubles_;
};

} // namespace signalbox::test
