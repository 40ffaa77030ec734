#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "actors/runtime.hpp"
#include "tests/projections/ledger_fixture.hpp"

// What the benchmarks of appends share: publications that were sealed
// beforehand, and writers that carry them through a node.
namespace signalbox::bench {

timestamp wall_clock();

/// A publication that only lacks its envelope.
struct sealed_event {
  event::artifact_published body;
  std::string core;
  byte_buffer signature;
};

/// An entry of a ledger that is there already.
struct prepared_entry {
  timestamp append_time;
  byte_buffer record;
};

/// A ledger with its channels, and what is to be published in each.
struct workload {
  workload(std::size_t channels, std::size_t events_per_channel);

  std::size_t events_per_channel() const { return events[0].size(); }

  test::ledger_fixture ledger;
  std::vector<prepared_entry> entries;           ///< those of `ledger`
  std::vector<std::vector<sealed_event>> events; ///< by channel

 private:
  void prepare();
  void put(event::body body, const std::vector<std::string>& documents = {});
  sealed_event make(std::size_t channel, std::size_t number);
};

/// One measurement: writers that each publish in channels of their own, one
/// event after another. A writer's next command is submitted where the last
/// one's answer arrives. An event that is not accepted ends the program.
class race {
 public:
  using clock = std::chrono::steady_clock;

  race(runtime& node, const workload& work, std::size_t writers)
      : node_{node}, work_{work}, writers_(writers) {}

  struct outcome {
    std::size_t events;
    double seconds;
    std::vector<double> milliseconds; ///< from command to answer, each event
  };

  outcome run(double seconds);

 private:
  struct writer {
    std::size_t done = 0;
    clock::time_point since{};
    std::vector<double> milliseconds;
  };

  void next(std::size_t number);
  void leave();
  std::shared_ptr<command> make_command(std::size_t number, std::size_t channel,
                                        std::size_t turn);

  runtime& node_;
  const workload& work_;
  std::vector<writer> writers_;
  clock::time_point end_;
  std::atomic<std::size_t> running_{0};
  std::atomic<std::size_t> accepted_{0};
  std::promise<void> all_done_;
};

/// Waits for the tick that a node starts with: until it is folded, the log's
/// clock is as old as the last entry, and what is proposed expires.
void await_tick(const runtime& node, std::size_t entries);

} // namespace signalbox::bench
