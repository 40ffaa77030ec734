#pragma once

#include <mutex>

#include "events/hash.hpp"
#include "storage/defaults.hpp"
#include "storage/kafka_stream.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "tests/kafka/kafka_engine.hpp"

namespace signalbox::test {

/// A topic of a stream, of its own, on the cluster. Every step ends the test if
/// it fails.
class stream_topic {
 public:
  explicit stream_topic(int partitions = 1) : partitions_{partitions} {
    settings.deployment = "test";
    settings.ledger = random_id<event_id>().hex();
    settings.client["bootstrap.servers"] = one_broker().bootstrap();
    make();
  }

  void make() const {
    kafka_layout layout;
    layout.partitions = partitions_;
    layout.replication = layout.min_in_sync = 1;
    require(kafka_topics{settings}.create(name(), layout,
                                          stream_config(layout, keep)));
  }

  void make_anew() const {
    require(kafka_topics{settings}.remove(name()));
    make();
  }

  void change(const std::string& setting, const std::string& value) const {
    require(kafka_topics{settings}.change(name(), {{setting, value}}));
  }

  std::string name() const { return kafka_topic(settings, reports_stream); }

  static void require(const result<void>& x) {
    if (!x)
      BOOST_FAIL(x.error().message);
  }

  static constexpr std::int64_t keep = 24LL * 3'600'000;
  kafka_settings settings;

 private:
  int partitions_;
};

/// A node's stream on a topic.
class stream_node {
 public:
  explicit stream_node(const stream_topic& topic,
                       std::function<std::string(byte_view)> key_of = nullptr)
      : topic_{topic}, key_of_{std::move(key_of)} {
    open(rocksdb_database::create({dir_.path() / "db"}));
  }

  kafka_stream& stream() { return *stream_; }

  void close() { stream_.reset(); }

  /// Adds to the copy of the only partition while it is closed.
  void forge(std::uint64_t offset, std::string_view record) {
    auto database = rocksdb_database::open({dir_.path() / "db"});
    stream_topic::require(
        kafka_stream_copy::open(database.value(), tag)
            .value()
            ->add(0, std::vector<stream_entry_view>{
                         {offset, timestamp{1}, as_bytes(record)}}));
  }

  /// The stream is there afterwards whatever came of it.
  result<void> try_reopen() {
    close();
    return try_use(rocksdb_database::open({dir_.path() / "db"}));
  }

  void reopen() { stream_topic::require(try_reopen()); }

  void point_nowhere() { bootstrap_ = "127.0.0.1:1"; }

  /// Serves until this holds; false if it never does.
  bool serves_until(const std::function<bool()>& holds) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!holds() && std::chrono::steady_clock::now() < deadline) {
      stream_->serve([](auto&) { return true; });
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return holds();
  }

  /// What the stream has told since it was opened first.
  std::string warned() {
    const std::lock_guard lock{mutex_};
    return warnings_;
  }

 private:
  void open(result<rocksdb_database::pointer> database) {
    stream_topic::require(try_use(std::move(database)));
  }

  result<void> try_use(result<rocksdb_database::pointer> database) {
    if (!database)
      return database.error();
    auto settings = topic_.settings;
    if (!bootstrap_.empty())
      settings.client["bootstrap.servers"] = bootstrap_;
    auto made = kafka_stream::open({.settings = settings,
                                    .stream = reports_stream,
                                    .database = *database,
                                    .tag = tag,
                                    .keep = stream_topic::keep,
                                    .key_of = key_of_,
                                    .warn =
                                        [this](std::string x) {
                                          const std::lock_guard lock{mutex_};
                                          warnings_ += x + '\n';
                                        },
                                    .check_every = std::chrono::seconds{1}});
    if (!made)
      return made.error();
    stream_ = std::move(*made);
    return stream_->catch_up();
  }

  static constexpr char tag = 'R';

  const stream_topic& topic_;
  std::function<std::string(byte_view)> key_of_;
  temporary_directory dir_;
  std::string bootstrap_;
  std::mutex mutex_;
  std::string warnings_; // under mutex_
  std::unique_ptr<kafka_stream> stream_;
};

/// A shared stream as the contract of streams has it: what is appended is in
/// the copy when append() returns.
class patient_stream final : public event_stream {
 public:
  explicit patient_stream(stream_node& node) : node_{node} {}

  std::uint64_t begin() const override { return node_.stream().begin(); }
  std::uint64_t end() const override { return node_.stream().end(); }
  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp time) override {
    auto first = node_.stream().append(records, time);
    if (first)
      node_.serves_until([&] { return end() >= *first + records.size(); });
    return first;
  }
  result<void> read(std::uint64_t from, const visitor& visit) const override {
    return node_.stream().read(from, visit);
  }
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override {
    return node_.stream().read_back(before, visit);
  }
  result<void> trim(timestamp before) override {
    return node_.stream().trim(before);
  }
  std::uint64_t bytes() const override { return node_.stream().bytes(); }

 private:
  stream_node& node_;
};

} // namespace signalbox::test
