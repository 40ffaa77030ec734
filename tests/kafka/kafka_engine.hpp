#pragma once

#include "events/hash.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/kafka_log.hpp"
#include "tests/storage/log_steps.hpp"
#include "tests/system/kafka_client.hpp"
#include "tests/system/kafka_cluster.hpp"
#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// A broker that all tests of this process share.
inline kafka_cluster& one_broker() {
  static kafka_cluster out;
  return out;
}

/// A ledger's topic of its own on the cluster, and a node's log on it. Every
/// step ends the test if it fails.
class kafka_engine {
 public:
  explicit kafka_engine(kafka_timestamps stamps = kafka_timestamps::append)
      : stamps_{stamps} {
    settings_.deployment = "test";
    settings_.ledger = random_id<event_id>().hex();
    settings_.client["bootstrap.servers"] = one_broker().bootstrap();
    make_topic();
    use(rocksdb_database::create({dir_.path() / "db"}));
  }

  /// Another node of the same ledger.
  explicit kafka_engine(const kafka_engine& first)
      : stamps_{first.stamps_}, settings_{first.settings_} {
    use(rocksdb_database::create({dir_.path() / "db"}));
  }

  kafka_log& log() { return *log_; }
  rocksdb_database::pointer database() { return database_; }
  const kafka_settings& settings() const { return settings_; }
  std::string topic() const { return kafka_topic(settings_, decisions_stream); }

  void close() {
    log_.reset();
    database_.reset();
  }

  /// The log is there afterwards whatever came of it.
  result<void> try_open() {
    return try_use(rocksdb_database::open({dir_.path() / "db"}));
  }

  void reopen() {
    close();
    if (auto done = try_open(); !done)
      BOOST_FAIL(done.error().message);
  }

  /// As a new node, or one whose copy was moved away: the topic is read from
  /// its beginning.
  result<void> try_open_anew() {
    close();
    std::filesystem::remove_all(dir_.path() / "db");
    return try_use(rocksdb_database::create({dir_.path() / "db"}));
  }

  /// Deletes the topic and makes another of its name, with these records.
  void make_anew(const std::vector<std::string>& records) {
    const kafka_topics topics{settings_};
    if (auto done = topics.remove(topic()); !done)
      BOOST_FAIL(done.error().message);
    while (topics.describe(topic())) // the controller answers first
      ;
    make_topic();
    const kafka_client other{one_broker().bootstrap()};
    if (!records.empty())
      other.produce(topic(), records);
  }

  /// From the next opening on no broker answers, and none is waited for long.
  void point_nowhere() {
    patience_ = std::chrono::seconds{5};
    settings_.client["bootstrap.servers"] = "127.0.0.1:1";
  }

 private:
  void make_topic() {
    kafka_layout layout;
    layout.replication = layout.min_in_sync = 1;
    auto made = kafka_topics{settings_}.create(
        topic(), layout, decisions_config(layout, stamps_));
    if (!made)
      BOOST_FAIL(made.error().message);
  }

  result<void> try_use(result<rocksdb_database::pointer> database) {
    if (!database)
      return database.error();
    database_ = *database;
    auto log = kafka_log::open(
        {.settings = settings_, .database = *database, .patience = patience_});
    if (!log)
      return log.error();
    log_ = std::move(*log);
    return log_->catch_up(nullptr);
  }

  void use(result<rocksdb_database::pointer> database) {
    if (auto done = try_use(std::move(database)); !done)
      BOOST_FAIL(done.error().message);
  }

  temporary_directory dir_;
  kafka_timestamps stamps_;
  kafka_settings settings_;
  std::chrono::seconds patience_{30};
  rocksdb_database::pointer database_;
  std::unique_ptr<kafka_log> log_;
};

} // namespace signalbox::test
