// How fast sealed events become durable and decided: publications of 512 B
// that were sealed beforehand go through a node's actors, its embedded log and
// the fold, with as many writers as asked for, each waiting for its answer. No
// HTTP, no checks of drafts, no seals, no heads.
//
//     bench_append DIRECTORY
//
// Reads "WRITERS SECONDS" lines, prints "EVENTS_PER_SECOND CPU_MICROSECONDS"
// for each, the latter a figure per event. Every line gets a log of its own.

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <vector>

#include "ops/bench/sealed_events.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_state_store.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::bench;

constexpr std::size_t channels = 64;
constexpr std::size_t events_per_channel = 800;

double cpu_seconds() {
  timespec x{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &x);
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_nsec) * 1e-9;
}

void measure(const workload& work, const std::filesystem::path& directory,
             std::size_t writers, double seconds) {
  rocksdb_config config;
  config.directory = directory / "db";
  std::filesystem::remove_all(config.directory);
  {
    auto database = rocksdb_database::create(config).value();
    auto log = rocksdb_log::open(database).value();
    rocksdb_state_store store{database};
    for (auto& x : work.entries)
      log->append(std::vector<byte_view>{x.record}, x.append_time).value();
    runtime_config options{.log = *log,
                           .store = store,
                           .node = work.ledger.node,
                           .wall_clock = wall_clock,
                           .warn = [](std::string) {}};
    runtime node{options};
    node.start().value();
    await_tick(node, work.entries.size());
    const auto before = cpu_seconds();
    auto done = race{node, work, writers}.run(seconds);
    const auto cpu = cpu_seconds() - before;
    node.stop();
    const auto events = static_cast<double>(done.events);
    std::printf("%.1f %.1f\n", events / done.seconds, cpu * 1e6 / events);
    std::fflush(stdout);
  }
  std::filesystem::remove_all(config.directory);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_append DIRECTORY\n");
    return 2;
  }
  const workload work{channels, events_per_channel};
  std::size_t writers = 0;
  double seconds = 0;
  while (std::cin >> writers >> seconds)
    measure(work, argv[1], std::min(writers, channels), seconds);
}
