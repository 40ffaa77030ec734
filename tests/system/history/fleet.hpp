#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "events/ids.hpp"
#include "tests/system/kafka_cluster.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// What a fleet is tried with.
struct fleet_plan {
  int brokers = 1;
  /// SIGNALBOX_TEST_FAULT of the nodes; empty: none.
  std::string fault = {};
  /// How many of the nodes have it, from the last.
  std::size_t faulty = 3;
};

/// A ledger on a Kafka cluster of its own and three nodes, all of which write,
/// with a profile for each writer and some for all of them.
class fleet {
 public:
  static constexpr std::size_t size = 3;
  static constexpr std::size_t writers = 8;
  static constexpr std::size_t contested = 3;

  explicit fleet(const fleet_plan& plan);

  /// The profiles of claude-code that everybody publishes to, c0 and so on, and
  /// that of one writer.
  static std::string contested_profile(std::size_t i);
  static std::string own_profile(std::size_t writer);

  node_process& node(std::size_t i) { return *nodes_[i]; }
  const test_ledger& directory(std::size_t i) const { return *ledgers_[i]; }
  const std::string& token() const { return ledgers_[0]->admin; }
  /// Of each node; the same for the object's life.
  const std::array<std::uint16_t, size>& ports() const { return ports_; }
  /// Event id of a command of these tests, in hexadecimal.
  std::string command_of(const std::string& key) const;
  /// Where everything begins that writers do: a Signalbox-Token.
  const std::string& start() const { return start_; }
  std::string decisions_topic() const;
  std::string updates_topic() const;

  kafka_cluster& brokers() { return cluster_; }
  /// Has it start with its clock so many milliseconds ahead of the others'.
  void shift_clock(std::size_t node, std::int64_t by);

 private:
  void add(std::size_t i);
  void make_profiles();
  void seed_fault();
  std::vector<std::string> variables_of(std::size_t i) const;

  fleet_plan plan_;
  kafka_cluster cluster_;
  std::array<std::unique_ptr<test_ledger>, size> ledgers_;
  std::array<std::unique_ptr<node_process>, size> nodes_;
  std::array<std::uint16_t, size> ports_{};
  ledger_id id_;
  principal_id publisher_;
  std::string start_;
};

} // namespace signalbox::test
