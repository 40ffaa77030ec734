// How fast the fold is: a million publications, replayed through step(),
// against a loop over the same log that only does the two SHA-256 of the chain.
// One line a figure: NAME ours=... peer=... ratio=... goal=...; without a peer
// the ratio is against the aim
//
//     fold_LOG         wall time of replay(), which nodes start with: two
//                      threads against the one of the loop
//     fold_LOG_thread  processor time of replay()'s folding thread alone
//     fold_LOG_step    processor time of step() on one thread, nothing ahead
//
// and how long a node with that log in RocksDB takes until it can be read.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <map>
#include <string>
#include <vector>

#include "actors/runtime.hpp"
#include "events/record.hpp"
#include "projections/replay.hpp"
#include "projections/state_rows.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "tests/projections/ledger_fixture.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using namespace signalbox;
using test::ledger_fixture;

constexpr std::size_t channels = 1000;
constexpr std::size_t record_bytes = 512;

double seconds_on(clockid_t clock) {
  timespec x{};
  clock_gettime(clock, &x);
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_nsec) * 1e-9;
}

/// Seconds. A thread's processor time hardly depends on what else the machine
/// does, but says nothing of a second thread.
struct spent {
  double wall = 0;
  double processor = 0; ///< of the calling thread
};

spent time_of(auto f) {
  auto wall = seconds_on(CLOCK_MONOTONIC);
  auto processor = seconds_on(CLOCK_THREAD_CPUTIME_ID);
  f();
  return {seconds_on(CLOCK_MONOTONIC) - wall,
          seconds_on(CLOCK_THREAD_CPUTIME_ID) - processor};
}

double median(std::vector<double> xs) {
  std::sort(xs.begin(), xs.end());
  return xs[xs.size() / 2];
}

/// Records that lie one after another, as a read-ahead buffer holds them.
class memory_records {
 public:
  void add(timestamp append_time, byte_view record) {
    ends_.push_back(bytes_.size() + record.size());
    times_.push_back(append_time);
    bytes_.insert(bytes_.end(), record.begin(), record.end());
  }

  std::size_t size() const { return ends_.size(); }

  log_entry_view operator[](std::size_t i) const {
    auto from = i == 0 ? 0 : ends_[i - 1];
    return {log_index{i}, times_[i],
            byte_view{bytes_}.subspan(from, ends_[i] - from)};
  }

  result<void> read(log_index, const event_log::visitor& visit) const {
    for (std::size_t i = 0; i < size(); ++i)
      visit((*this)[i]);
    return {};
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
  std::vector<timestamp> times_;
};

byte_buffer record_of(const envelope& x) {
  return encode_record(encode_envelope(x), {});
}

std::string profile_name(std::size_t channel) {
  return "t" + std::to_string(channel);
}

/// A publication whose record has the size that the figure names.
byte_buffer publication(ledger_fixture& f, std::size_t number) {
  auto profile = profile_name(number % channels);
  auto version = "1.0." + std::to_string(number / channels);
  auto body = f.publication(static_cast<int>(number), version, profile);
  auto command = f.command(body);
  command.expected = {expectation::kind::exactly, number / channels};
  auto bytes = record_of(command);
  if (bytes.size() >= record_bytes)
    return bytes;
  std::string padding(record_bytes - bytes.size() - 8, 'c');
  command.correlation = padding;
  bytes = record_of(command);
  return bytes;
}

memory_records write_log(std::size_t events) {
  ledger_fixture f;
  f.prepare();
  for (std::size_t i = 0; i < channels; ++i) {
    f.put_profile(f.keep(profile_name(i)));
    f.bind_policy("1.0.0", f.keep(profile_name(i)));
  }
  memory_records out;
  for (auto& x : f.log)
    out.add(x.append_time, encode_record(x.envelope, {}));
  // One instant for all of them, so that any engine may group them.
  const auto start = f.now;
  for (std::size_t i = 0; i < events; ++i) {
    f.now = start;
    out.add(start + 1000, publication(f, i));
  }
  return out;
}

void check_refused(std::size_t entries) {
  if (entries == 0)
    return;
  std::fprintf(stderr, "%zu entries were refused\n", entries);
  std::exit(1);
}

/// The fold over the whole log on one thread; checks that all of it was
/// accepted.
template <class Log>
spent fold_log(const Log& log, ledger_state& state) {
  std::size_t refused = 0;
  auto out = time_of([&] {
    log.read(log_index{0},
             [&](const log_entry_view& x) {
               auto judged =
                   step(state, x.index, x.append_time, envelope_of(x.record));
               refused += judged.value().result != outcome::accepted;
               return true;
             })
        .value();
  });
  check_refused(refused);
  return out;
}

/// The same as a node starts: read and decoded ahead by a second thread.
template <class Log>
spent replay_log(const Log& log, ledger_state& state) {
  std::size_t refused = 0;
  auto source = [&](const envelope_visitor& visit) {
    return log.read(log_index{0}, [&](const log_entry_view& x) {
      return visit(x.index, x.append_time, envelope_of(x.record));
    });
  };
  auto fold = [&](const replayed_entry& x) -> result<void> {
    auto judged = step(state, x.index, x.append_time, x.entry);
    refused += judged.value().result != outcome::accepted;
    return {};
  };
  auto out = time_of([&] { replay(state, source, fold).value(); });
  check_refused(refused);
  return out;
}

/// The least that any verifiable log must do.
template <class Log>
spent hash_log(const Log& log, digest& chain) {
  return time_of([&] {
    log.read(log_index{0},
             [&](const log_entry_view& x) {
               chain =
                   chain_next(chain, x.index, x.append_time,
                              sha256(envelope_of(x.record)), outcome::accepted);
               return true;
             })
        .value();
  });
}

void report(const char* name, const char* how, double ours, double peer) {
  std::printf("%s%s ours=%.0f/s peer=%.0f/s ratio=%.3f goal=%s\n", name, how,
              ours, peer, ours / peer, *how == 0 ? ">=0.5" : "none");
  std::fflush(stdout);
}

/// A time without a peer, against what it should be at most.
void report_aim(const char* name, double ours, double aim) {
  std::printf("%s ours=%.3fs peer=none ratio=%.3f goal=<=1.0 aim=%gs\n", name,
              ours, ours / aim, aim);
}

spent with_state(auto f) {
  ledger_state state;
  return f(state);
}

template <class Log>
void compare(const char* name, const Log& log, std::size_t events, int rounds) {
  std::vector<spent> peer, step, replay;
  for (int i = 0; i < rounds; ++i) {
    digest chain;
    peer.push_back(hash_log(log, chain));
    replay.push_back(with_state([&](auto& x) { return replay_log(log, x); }));
    step.push_back(with_state([&](auto& x) { return fold_log(log, x); }));
  }
  auto rate = [&](auto& xs, double spent::*what) {
    std::vector<double> seconds;
    for (auto& x : xs)
      seconds.push_back(x.*what);
    return static_cast<double>(events) / median(seconds);
  };
  report(name, "", rate(replay, &spent::wall), rate(peer, &spent::wall));
  report(name, "_thread", rate(replay, &spent::processor),
         rate(peer, &spent::processor));
  report(name, "_step", rate(step, &spent::processor),
         rate(peer, &spent::processor));
}

/// Seconds from opening the database until the node's view shows the log.
double start_node(const rocksdb_config& config) {
  double out = 0;
  auto began = seconds_on(CLOCK_MONOTONIC);
  auto database = rocksdb_database::open(config).value();
  auto log = rocksdb_log::open(database).value();
  rocksdb_state_store store{database};
  runtime node{{.log = *log,
                .store = store,
                .node = ledger_fixture{}.node,
                .wall_clock = [] { return timestamp{0}; },
                .warn = [](std::string) {}}};
  node.start().value();
  out = seconds_on(CLOCK_MONOTONIC) - began;
  node.stop();
  return out;
}

void forget_state(const rocksdb_config& config) {
  auto database = rocksdb_database::open(config).value();
  rocksdb_state_store{database}.clear().value();
}

/// A stop saves the state, so each round's second start has one.
void measure_starts(const rocksdb_config& config, int rounds) {
  std::vector<double> without, with;
  for (int i = 0; i < rounds; ++i) {
    forget_state(config);
    without.push_back(start_node(config));
    with.push_back(start_node(config));
  }
  report_aim("start_without_state", median(without), 4);
  report_aim("start_with_state", median(with), 0.5);
}

void measure_rocksdb(const memory_records& from, int rounds) {
  temporary_directory dir;
  rocksdb_config config;
  config.directory = dir.path() / "db";
  auto database = rocksdb_database::create(config).value();
  auto log = rocksdb_log::open(database).value();
  for (std::size_t i = 0; i < from.size();) {
    std::vector<byte_view> group;
    auto time = from[i].append_time;
    for (;
         i < from.size() && group.size() < 1000 && from[i].append_time == time;
         ++i)
      group.push_back(from[i].record);
    log->append(group, time).value();
  }
  compare("fold_rocksdb", *log, from.size(), rounds);
  log.reset();
  database.reset();
  measure_starts(config, rounds);
}

void measure_state(const memory_records& log) {
  auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
  ledger_state state;
  fold_log(log, state);
  auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
  std::printf("fold_memory ours=%.0fB/entry peer=none ratio=none goal=none\n",
              static_cast<double>(after - before) /
                  static_cast<double>(log.size()));
  std::map<std::string, std::string> rows;
  drain_rows(state, [&](std::string key, std::string row, bool) {
    rows.insert_or_assign(std::move(key), std::move(row));
  });
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    ledger_state loaded;
    bool whole = false;
    times.push_back(time_of([&] {
                      state_loader loader{loaded};
                      whole = true;
                      for (auto& [key, row] : rows)
                        whole = whole && loader.load(key, row);
                      whole = whole && loader.finish();
                    }).processor);
    if (!whole || loaded.chain != state.chain) {
      std::fprintf(stderr, "the state did not load\n");
      std::exit(1);
    }
  }
  report_aim("fold_load", median(times), 0.5);
}

} // namespace

int main(int argc, char** argv) {
  std::size_t events =
      argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  auto log = write_log(events);
  std::printf("# %zu entries, the last of %zu B\n", log.size(),
              log[log.size() - 1].record.size());
  compare("fold_memory_log", log, log.size(), rounds);
  measure_state(log);
  if (argc <= 3)
    measure_rocksdb(log, rounds);
}
