#include "tests/system/history/nemesis.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace signalbox::test {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t hour_ms = 3'600'000;

/// Between two deeds.
constexpr milliseconds peace{2000};

void sleep(std::size_t ms) {
  std::this_thread::sleep_for(milliseconds{ms});
}

} // namespace

template <class Harm>
void nemesis::repeat(const std::atomic<bool>& over, Harm harm) {
  while (!over) {
    try {
      harm();
    } catch (const std::exception& e) {
      troubles_.push_back(deeds_.back() + ": " + e.what());
      return;
    }
    for (auto waited = milliseconds{0}; waited < peace && !over;
         waited += milliseconds{100})
      sleep(100);
  }
}

void nemesis::harm_nodes(const std::atomic<bool>& over) {
  repeat(over, [this] { harm_node(); });
}

void nemesis::harm_brokers(const std::atomic<bool>& over) {
  repeat(over, [this] { harm_broker(); });
}

void nemesis::harm_node() {
  const auto i = roll(fleet::size);
  const auto name = "node " + std::to_string(i);
  auto& node = all_.node(i);
  switch (next_kind(3)) {
  case 0: {
    constexpr std::array<std::int64_t, 2> shifts{-hour_ms, hour_ms};
    const auto shift = shifts[roll(shifts.size())];
    deeds_.push_back(name + " killed, its clock put out by " +
                     std::to_string(shift) + " ms");
    all_.shift_clock(i, shift);
    node.kill();
    sleep(roll(1000));
    return node.restart();
  }
  case 1: {
    const auto ms = 500 + roll(12'000); // longer than a command's life, too
    deeds_.push_back(name + " stopped for " + std::to_string(ms) + " ms");
    node.signal(SIGSTOP);
    sleep(ms);
    return node.signal(SIGCONT);
  }
  default:
    deeds_.push_back(name + " killed, its clock put right");
    all_.shift_clock(i, 0);
    node.kill();
    return node.restart();
  }
}

void nemesis::harm_broker() {
  const auto i = 1 + static_cast<int>(roll(3));
  const auto name = "broker " + std::to_string(i);
  auto& brokers = all_.brokers();
  switch (next_kind(5)) {
  case 0:
    deeds_.push_back(name + " made the leader");
    brokers.await_in_sync(all_.decisions_topic());
    return brokers.lead(all_.decisions_topic(), 0, i);
  case 1: {
    // Longer than writers are kept waiting: they get their 202.
    const auto ms = 11'000 + roll(4000);
    const auto other = i % 3 + 1;
    deeds_.push_back(name + " and another stopped for " + std::to_string(ms) +
                     " ms");
    brokers.pause(i);
    brokers.pause(other);
    sleep(ms);
    brokers.resume(other);
    return brokers.resume(i);
  }
  case 2:
    deeds_.push_back(name + " killed");
    brokers.kill(i);
    sleep(roll(2000));
    return brokers.restart(i);
  case 3: {
    const auto ms = 500 + roll(8000);
    deeds_.push_back(name + " stopped for " + std::to_string(ms) + " ms");
    brokers.pause(i);
    sleep(ms);
    return brokers.resume(i);
  }
  case 4:
    deeds_.push_back(name + " stopped in order");
    brokers.stop(i);
    return brokers.restart(i);
  default:
    throw std::logic_error{"no such deed"};
  }
}

} // namespace signalbox::test
