// How fast sealed events become durable and decided: publications of 512 B
// that were sealed beforehand go through a node's actors, its embedded log and
// the fold, with as many writers as asked for, each waiting for its answer. No
// HTTP, no checks of drafts, no seals, no heads.
//
//     bench_append DIRECTORY
//
// Reads "WRITERS SECONDS" lines, prints "EVENTS_PER_SECOND CPU_MICROSECONDS"
// for each, the latter a figure per event. Every line gets a log of its own.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "actors/runtime.hpp"
#include "events/artifact.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "tests/projections/ledger_fixture.hpp"

namespace {

using namespace signalbox;
using test::ledger_fixture;

constexpr std::size_t channels = 64;
constexpr std::size_t events_per_channel = 800;
constexpr std::size_t payload_bytes = 512;

timestamp wall_clock() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return timestamp{duration_cast<milliseconds>(now).count()};
}

/// A publication that only lacks its envelope.
struct sealed_event {
  event::artifact_published body;
  std::string core;
  byte_buffer signature;
};

std::string profile_name(std::size_t channel) {
  return "t" + std::to_string(channel);
}

/// The ledger with its channels, and what is to be published in each.
struct workload {
  ledger_fixture ledger;
  std::vector<std::vector<sealed_event>> events{channels};

  workload() {
    ledger.now = wall_clock() + -3'600'000;
    ledger.prepare();
    for (std::size_t i = 0; i < channels; ++i) {
      ledger.put_profile(ledger.keep(profile_name(i)));
      ledger.bind_policy("1.0.0", ledger.keep(profile_name(i)));
      for (std::size_t n = 0; n < events_per_channel; ++n)
        events[i].push_back(make(i, n));
    }
  }

  sealed_event make(std::size_t channel, std::size_t number) {
    auto profile = ledger.keep(profile_name(channel));
    auto version = ledger.keep("1.0." + std::to_string(number));
    sealed_event out;
    out.body = ledger.publication(
        static_cast<int>(channel * events_per_channel + number), version,
        profile);
    artifact_content x;
    x.ledger = ledger.ledger;
    x.client_id = ledger_fixture::client;
    x.profile = profile;
    x.schema_ref = out.body.schema_ref;
    x.version = version;
    x.canonical_payload = payload(channel, number);
    x.policy_set_id = out.body.policy_set_id;
    x.policy_version = out.body.policy_version;
    x.issued_at = ledger.now;
    x.publisher_id = ledger.publisher.hex();
    x.tooling_version = "bench";
    x.changelog = "Measure";
    x.canonical_validation = R"({"valid":true,"warnings":[]})";
    out.body.artifact = make_artifact_id(x);
    out.core = make_core(x, out.body.artifact);
    out.signature = seal(out.core, ledger.keys.first);
    return out;
  }

  static std::string payload(std::size_t channel, std::size_t number) {
    auto out = R"({"mcpServers":{"docs":{"args":[")" + std::to_string(channel) +
               '-' + std::to_string(number) + ' ';
    const std::string_view end = R"("],"command":"npx"}}})";
    out.append(payload_bytes - out.size() - end.size(), 'x');
    return out.append(end);
  }
};

/// One measurement: writers that each publish in channels of their own, one
/// event after another. A writer's next command is submitted where the last
/// one's answer arrives.
class race {
 public:
  race(runtime& node, const workload& work, std::size_t writers)
      : node_{node}, work_{work}, writers_(writers) {}

  struct outcome {
    std::size_t events;
    double seconds;
  };

  outcome run(double seconds) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    end_ = start + std::chrono::duration_cast<clock::duration>(
                       std::chrono::duration<double>(seconds));
    running_ = writers_.size();
    for (std::size_t i = 0; i < writers_.size(); ++i)
      next(i);
    all_done_.get_future().wait();
    return {accepted_.load(),
            std::chrono::duration<double>(clock::now() - start).count()};
  }

 private:
  struct writer {
    std::size_t done = 0;
  };

  void next(std::size_t number) {
    auto turn = writers_[number].done++;
    auto channel = number + turn / events_per_channel * writers_.size();
    if (channel >= channels || std::chrono::steady_clock::now() >= end_)
      return leave();
    node_.submit(make_command(number, channel, turn % events_per_channel));
  }

  void leave() {
    if (--running_ == 0)
      all_done_.set_value();
  }

  std::shared_ptr<command> make_command(std::size_t number, std::size_t channel,
                                        std::size_t turn) {
    auto out = std::make_shared<command>();
    out->context.principal = work_.ledger.publisher;
    out->context.node = work_.ledger.node;
    out->context.key = std::to_string(channel) + '-' + std::to_string(turn);
    out->context.request = sha256(as_bytes(out->context.key));
    out->may_retry = false;
    auto* event = &work_.events[channel][turn];
    out->prepare = [event, turn](const view&) -> result<preparation> {
      proposal_draft draft;
      draft.body = event->body;
      draft.expected = {expectation::kind::exactly, turn};
      draft.parts = {make_part(event->core),
                     make_part(as_text(event->signature)),
                     make_part("Measure")};
      return preparation{std::move(draft)};
    };
    out->conclude = [this, number](command::conclusion x) {
      if (x.answer.refused || x.answer.result != signalbox::outcome::accepted) {
        std::fprintf(stderr, "an event was not accepted: %s\n",
                     x.answer.refused
                         ? x.answer.refused->message.c_str()
                         : std::string{to_string(x.answer.result)}.c_str());
        std::_Exit(1);
      }
      ++accepted_;
      next(number);
    };
    return out;
  }

  runtime& node_;
  const workload& work_;
  std::vector<writer> writers_;
  std::chrono::steady_clock::time_point end_;
  std::atomic<std::size_t> running_{0};
  std::atomic<std::size_t> accepted_{0};
  std::promise<void> all_done_;
};

double cpu_seconds() {
  timespec x{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &x);
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_nsec) * 1e-9;
}

/// Waits for the tick that a node starts with: until it is folded, the log's
/// clock is as old as the last entry, and what is proposed expires.
void await_tick(const runtime& node, std::size_t entries) {
  while (node.view().load()->data->size <= entries)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
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
    for (auto& x : work.ledger.log) {
      auto record = encode_record(x.envelope, {});
      log->append(std::vector<byte_view>{record}, x.append_time).value();
    }
    runtime_config options{.log = *log,
                           .store = store,
                           .node = work.ledger.node,
                           .wall_clock = wall_clock,
                           .warn = [](std::string) {}};
    runtime node{options};
    node.start().value();
    await_tick(node, work.ledger.log.size());
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
  const workload work;
  std::size_t writers = 0;
  double seconds = 0;
  while (std::cin >> writers >> seconds)
    measure(work, argv[1], std::min(writers, channels), seconds);
}
