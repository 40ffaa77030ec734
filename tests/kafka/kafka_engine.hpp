#pragma once

#include <cstdlib>

#include "events/hash.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/kafka_log.hpp"
#include "tests/storage/log_steps.hpp"
#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// A ledger's topic of its own on the cluster, and a node's log on it. Every
/// step ends the test if it fails.
class kafka_engine {
 public:
  explicit kafka_engine(kafka_timestamps stamps = kafka_timestamps::append) {
    settings_.deployment = "test";
    settings_.ledger = random_id<event_id>().hex();
    settings_.client["bootstrap.servers"] = std::getenv("SIGNALBOX_TEST_KAFKA");
    make_topic(stamps);
    use(rocksdb_database::create({dir_.path() / "db"}));
  }

  kafka_log& log() { return *log_; }
  const kafka_settings& settings() const { return settings_; }
  std::string topic() const { return kafka_topic(settings_, decisions_stream); }

  void reopen() {
    log_.reset();
    use(rocksdb_database::open({dir_.path() / "db"}));
  }

 private:
  void make_topic(kafka_timestamps stamps) {
    kafka_layout layout;
    layout.replication = layout.min_in_sync = 1;
    auto made = kafka_topics{settings_}.create(
        topic(), layout, decisions_config(layout, stamps));
    if (!made)
      BOOST_FAIL(made.error().message);
  }

  void use(result<rocksdb_database::pointer> database) {
    if (!database)
      BOOST_FAIL(database.error().message);
    auto log = kafka_log::open(
        {.settings = settings_, .database = *database, .warn = nullptr});
    if (!log)
      BOOST_FAIL(log.error().message);
    log_ = std::move(*log);
    if (auto done = log_->catch_up(nullptr); !done)
      BOOST_FAIL(done.error().message);
  }

  temporary_directory dir_;
  kafka_settings settings_;
  std::unique_ptr<kafka_log> log_;
};

} // namespace signalbox::test
