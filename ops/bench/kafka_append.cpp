// What the protocol of a ledger adds to Kafka: sealed publications that go
// through a node's actors, the topic and the fold, beside a bare loop of
// librdkafka that produces records of the same size and waits until it consumes
// them, with the same topic settings, acks=all and idempotence.
//
//     bench_kafka_append BOOTSTRAP DIRECTORY
//
// Reads lines and answers each with one:
//
//     node IN_FLIGHT SECONDS   EVENTS_PER_SECOND P50_MS P99_MS
//     bare IN_FLIGHT SECONDS   the same
//     replica SECONDS          P50_MS P99_MS from the broker's time of an
//                              entry to the view of a replica that shows it
//     catch-up                 EVENTS_PER_SECOND that a new node copies and
//                              folds, of some 100,000; then the same of a node
//                              whose log is embedded; then what a bare
//                              consumer takes and forgets

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "events/hash.hpp"
#include "ops/bench/sealed_events.hpp"
#include "storage/kafka_bulk_writer.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/kafka_log.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_state_store.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::bench;
using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t channels = 256;
constexpr std::size_t events_per_channel = 400;

/// Of a publication as the node appends it: envelope, core, seal, changelog.
constexpr std::size_t record_bytes = 2048;

double millis_since(clock_type::time_point x) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - x)
      .count();
}

double quantile(std::vector<double>& xs, double q) {
  if (xs.empty())
    return 0;
  std::sort(xs.begin(), xs.end());
  const auto last = static_cast<double>(xs.size() - 1);
  return xs[static_cast<std::size_t>(q * last)];
}

/// A fresh topic of decisions.
kafka_settings make_topic(const std::string& bootstrap,
                          kafka_timestamps stamps = kafka_timestamps::append) {
  kafka_settings out;
  out.deployment = "bench";
  out.ledger = random_id<event_id>().hex();
  out.client["bootstrap.servers"] = bootstrap;
  kafka_layout layout;
  layout.replication = layout.min_in_sync = 1;
  kafka_topics{out}
      .create(kafka_topic(out, decisions_stream), layout,
              decisions_config(layout, stamps))
      .value();
  return out;
}

/// One that begins with the prepared entries, at their own times, with which
/// they are chained; open for decisions.
kafka_settings make_ledger(const std::string& bootstrap, const workload& work) {
  auto out = make_topic(bootstrap, kafka_timestamps::create);
  const auto topic = kafka_topic(out, decisions_stream);
  auto writer = kafka_bulk_writer::open(out, topic).value();
  for (auto& x : work.entries)
    writer->add(x.record, {}, x.append_time).value();
  writer->finish().value();
  kafka_topics{out}.change(topic, take_decisions_config()).value();
  return out;
}

/// A node's log and state in a directory of its own.
struct place {
  place(const kafka_settings& settings, const std::filesystem::path& directory,
        bool writing = true)
      : writes{writing}, path{directory / random_id<event_id>().hex()},
        database{rocksdb_database::create({path}).value()},
        log{kafka_log::open(
                {.settings = settings, .database = database, .writes = writes})
                .value()},
        store{database} {
    log->catch_up(nullptr).value();
  }
  ~place() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::unique_ptr<runtime> start(const workload& work) {
    auto out = std::make_unique<runtime>(
        runtime_config{.log = *log,
                       .store = store,
                       .shared = log.get(),
                       .writes = writes,
                       .node = work.ledger.node,
                       .wall_clock = wall_clock,
                       .warn = [](std::string x) {
                         std::fprintf(stderr, "%s\n", x.c_str());
                       }});
    out->start().value();
    return out;
  }

  bool writes;
  std::filesystem::path path;
  rocksdb_database::pointer database;
  std::unique_ptr<kafka_log> log;
  rocksdb_state_store store;
};

void measure_node(const std::string& bootstrap, const workload& work,
                  const std::filesystem::path& directory, std::size_t in_flight,
                  double seconds) {
  place x{make_ledger(bootstrap, work), directory};
  auto node = x.start(work);
  await_tick(*node, work.entries.size());
  auto done = race{*node, work, in_flight}.run(seconds);
  node->stop();
  std::printf(
      "%.1f %.3f %.3f\n", static_cast<double>(done.events) / done.seconds,
      quantile(done.milliseconds, 0.5), quantile(done.milliseconds, 0.99));
}

/// Produces, and produces again whatever it consumes.
class bare_loop {
 public:
  explicit bare_loop(const kafka_settings& settings) {
    const auto topic = kafka_topic(settings, decisions_stream);
    consumer_ =
        kafka_consumer::open(
            {.settings = settings, .topic = topic, .wake = [this] { wake(); }})
            .value();
    producer_ =
        kafka_producer::open(
            {.settings = settings, .topic = topic, .wake = [this] { wake(); }})
            .value();
    consumer_->read_from(0);
  }

  void run(std::size_t in_flight, double seconds) {
    send(); // the first record on a fresh connection takes long
    take_until(1);
    milliseconds_.clear();
    seen_ = 0;
    const auto start = clock_type::now();
    const auto end = start + std::chrono::duration_cast<clock_type::duration>(
                                 std::chrono::duration<double>(seconds));
    for (std::size_t i = 0; i < in_flight; ++i)
      send();
    while (clock_type::now() < end)
      for (auto n = take(); n > 0; --n)
        send();
    const auto took = millis_since(start) / 1000;
    const auto count = seen_;
    std::printf("%.1f %.3f %.3f\n", static_cast<double>(count) / took,
                quantile(milliseconds_, 0.5), quantile(milliseconds_, 0.99));
  }

 private:
  void wake() {
    {
      std::lock_guard guard{mutex_};
      woken_ = true;
    }
    called_.notify_one();
  }

  void send() {
    const auto now = clock_type::now();
    std::memcpy(record_.data(), &now, sizeof(now));
    // What counts is what the consumer gets; the last ones are purged.
    producer_->produce(as_bytes(record_), {},
                       [](const result<std::uint64_t>&) {});
  }

  std::size_t take() {
    {
      std::unique_lock guard{mutex_};
      called_.wait_for(guard, milliseconds{100}, [this] { return woken_; });
      woken_ = false;
    }
    producer_->serve();
    std::size_t out = 0;
    for (auto& x : consumer_->take(4096, milliseconds{0})) {
      if (x->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        continue;
      clock_type::time_point since;
      std::memcpy(&since, x->payload, sizeof(since));
      milliseconds_.push_back(millis_since(since));
      ++out;
    }
    seen_ += out;
    return out;
  }

  void take_until(std::size_t n) {
    while (seen_ < n)
      take();
  }

  std::string record_ = std::string(record_bytes, 'x');
  std::vector<double> milliseconds_;
  std::size_t seen_ = 0;
  std::mutex mutex_;
  std::condition_variable called_;
  bool woken_ = false;
  std::unique_ptr<kafka_consumer> consumer_;
  std::unique_ptr<kafka_producer> producer_;
};

/// When a node's view first showed each size, by the wall clock.
class watcher {
 public:
  explicit watcher(runtime& node) : node_{node} {
    node.listen([this] {
      const auto size = node_.view().load()->data->size;
      at_.emplace_back(size, wall_clock());
    });
  }

  /// Milliseconds from the broker's time of each entry behind the first view to
  /// the view that showed it; times are whole milliseconds. After the node has
  /// stopped.
  std::vector<double> ages(const event_log& log) const {
    std::vector<double> out;
    auto next = at_.begin();
    if (next == at_.end())
      return out;
    (void)log.read(log_index{next->first}, [&](const log_entry_view& x) {
      while (next != at_.end() && next->first <= to_integer(x.index))
        ++next;
      if (next == at_.end())
        return false;
      out.push_back(static_cast<double>(to_integer(next->second) -
                                        to_integer(x.append_time)));
      return true;
    });
    return out;
  }

 private:
  runtime& node_;
  std::vector<std::pair<std::uint64_t, timestamp>> at_;
};

void measure_replica(const std::string& bootstrap, const workload& work,
                     const std::filesystem::path& directory, double seconds) {
  const auto settings = make_ledger(bootstrap, work);
  place first{settings, directory};
  place second{settings, directory, false};
  auto writer = first.start(work);
  auto replica = second.start(work);
  await_tick(*writer, work.entries.size());
  await_tick(*replica, work.entries.size());
  const watcher seen{*replica};
  race{*writer, work, 4}.run(seconds);
  await_tick(*replica, writer->view().load()->data->size - 1);
  writer->stop();
  replica->stop();
  auto ages = seen.ages(*second.log);
  std::printf("%.3f %.3f\n", quantile(ages, 0.5), quantile(ages, 0.99));
}

/// Events a second from the first byte to a view of all of them.
double time_start(event_log& log, shared_log* shared, state_store& store,
                  const workload& work, std::size_t events,
                  const std::function<void()>& read) {
  const auto start = clock_type::now();
  read();
  runtime node{{.log = log,
                .store = store,
                .shared = shared,
                .writes = false,
                .node = work.ledger.node,
                .wall_clock = wall_clock,
                .warn = [](std::string) {}}};
  node.start().value();
  while (node.view().load()->data->size < events)
    std::this_thread::sleep_for(milliseconds{1});
  const auto took = millis_since(start) / 1000;
  node.stop();
  return static_cast<double>(events) / took;
}

/// Events a second that a consumer takes, from its first connection on.
double time_taking(const kafka_settings& settings, std::size_t events) {
  const auto start = clock_type::now();
  auto consumer =
      kafka_consumer::open({.settings = settings,
                            .topic = kafka_topic(settings, decisions_stream)})
          .value();
  consumer->read_from(0);
  for (std::size_t seen = 0; seen < events;)
    for (auto& x : consumer->take(4096, milliseconds{100}))
      if (x->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        ++seen;
  return static_cast<double>(events) / millis_since(start) * 1000;
}

void measure_catch_up(const std::string& bootstrap, const workload& work,
                      const std::filesystem::path& directory) {
  const auto settings = make_ledger(bootstrap, work);
  std::vector<std::pair<timestamp, byte_buffer>> records;
  {
    place x{settings, directory};
    auto node = x.start(work);
    await_tick(*node, work.entries.size());
    race{*node, work, channels}.run(600); // ends with the workload
    node->stop();
    x.log
        ->read(log_index{0},
               [&](const log_entry_view& y) {
                 records.emplace_back(y.append_time, to_buffer(y.record));
                 return true;
               })
        .value();
  }
  const auto place_of = directory / random_id<event_id>().hex();
  auto database = rocksdb_database::create({place_of}).value();
  auto embedded = rocksdb_log::open(database).value();
  for (std::size_t i = 0; i < records.size();) {
    const auto at = records[i].first;
    std::vector<byte_view> together;
    for (; i < records.size() && records[i].first == at; ++i)
      together.push_back(records[i].second);
    embedded->append(together, at).value();
  }
  rocksdb_state_store store{database};
  const auto peer =
      time_start(*embedded, nullptr, store, work, records.size(), [] {});
  const auto path = directory / random_id<event_id>().hex();
  auto fresh = rocksdb_database::create({path}).value();
  auto log = kafka_log::open({.settings = settings, .database = fresh}).value();
  rocksdb_state_store fresh_store{fresh};
  const auto ours = time_start(*log, log.get(), fresh_store, work,
                               records.size(), [&] { log->meet().value(); });
  std::printf("%.1f %.1f %.1f\n", ours, peer,
              time_taking(settings, records.size()));
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_kafka_append BOOTSTRAP DIRECTORY\n");
    return 2;
  }
  const std::string bootstrap = argv[1];
  const workload work{channels, events_per_channel};
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words{line};
    std::string what;
    std::size_t in_flight = 0;
    double seconds = 0;
    words >> what;
    if (what == "node" && words >> in_flight >> seconds)
      measure_node(bootstrap, work, argv[2], in_flight, seconds);
    else if (what == "bare" && words >> in_flight >> seconds)
      bare_loop{make_topic(bootstrap)}.run(in_flight, seconds);
    else if (what == "replica" && words >> seconds)
      measure_replica(bootstrap, work, argv[2], seconds);
    else if (what == "catch-up")
      measure_catch_up(bootstrap, work, argv[2]);
    else
      std::fprintf(stderr, "not understood: %s\n", line.c_str());
    std::fflush(stdout);
  }
}
