#pragma once

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/system/child_process.hpp"

namespace signalbox::test {

/// A real Kafka cluster of one or three brokers, numbered from 1, on free
/// ports and a folder of its own. All of it ends with its object. The work is
/// done by ops/kafka/broker, whose README says what each verb does; whatever
/// fails throws with what it said.
class kafka_cluster {
 public:
  /// `options`: of `broker start`, such as {"--set",
  /// "log.flush.interval.messages=1"}.
  explicit kafka_cluster(int brokers = 1, std::vector<std::string> options = {})
      : brokers_{brokers}, options_{std::move(options)} {
    start();
  }
  kafka_cluster(const kafka_cluster&) = delete;
  kafka_cluster& operator=(const kafka_cluster&) = delete;
  ~kafka_cluster() { end(); }

  /// Returns once all brokers answer: at first, or on the old data and ports
  /// after `end`.
  void start() {
    const auto out = place_ / "out";
    const auto err = place_ / "err";
    std::vector<std::string> words{
        tool.string(), "start", "--brokers", std::to_string(brokers_),
        "--data",      data(),  "--grace",   "0"};
    words.insert(words.end(), options_.begin(), options_.end());
    write_text(out, "");
    child_ = std::make_unique<child_process>(command_line{words}, out, err);
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    while (!read_text(out).ends_with('\n')) {
      if (child_->ended_within(std::chrono::milliseconds{10}))
        throw std::runtime_error{"no Kafka: " + read_text(err)};
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error{"Kafka did not get ready: " + read_text(err)};
    }
    bootstrap_ = read_text(out);
    bootstrap_.pop_back();
  }

  /// Kills all brokers at once, and returns when they are gone.
  void end() {
    if (!child_)
      return;
    child_->signal(SIGTERM);
    child_->ended_within(child_process::patience);
    child_.reset();
  }

  /// As `bootstrap.servers` takes it; the same for the object's life.
  const std::string& bootstrap() const { return bootstrap_; }

  void kill(int broker) const { on("kill", broker); }
  void stop(int broker) const { on("stop", broker); }
  void pause(int broker) const { on("pause", broker); }
  void resume(int broker) const { on("resume", broker); }
  /// Returns once it answers.
  void restart(int broker) const { on("restart", broker); }

  /// Returns once the broker leads the partition.
  void lead(const std::string& topic, int partition, int broker) const {
    tell({"lead", "--data", data(), topic, std::to_string(partition),
          std::to_string(broker)});
  }
  /// Returns once all replicas of the topic are in sync.
  void await_in_sync(const std::string& topic) const {
    tell({"in-sync", "--data", data(), topic});
  }

  /// Runs one of Kafka's own tools, named by its class; what it said.
  std::string kafka_tool(std::vector<std::string> words) const {
    words.insert(words.begin(), {"tool", "--data", data()});
    return tell(std::move(words));
  }

  /// Its folder: `node-N/server.properties`, and `safe` where it was started
  /// with --safe.
  std::filesystem::path folder() const { return place_ / "data"; }

  static inline const std::filesystem::path tool =
      std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "ops" / "kafka" / "broker";

 private:
  void on(const std::string& verb, int broker) const {
    tell({verb, "--data", data(), std::to_string(broker)});
  }

  static std::string tell(std::vector<std::string> words) {
    words.insert(words.begin(), tool.string());
    const auto done = run({words});
    if (done.status != 0)
      throw std::runtime_error{words[1] + ": " + done.err};
    return done.out;
  }

  std::string data() const { return folder().string(); }

  temporary_directory place_;
  int brokers_;
  std::vector<std::string> options_;
  std::string bootstrap_;
  std::unique_ptr<child_process> child_;
};

/// As `bootstrap.servers` takes it: one broker to which nothing is done. All
/// tests of a run share it if SIGNALBOX_TEST_BROKER names one, else those of
/// this process.
inline std::string shared_broker() {
  if (const auto* servers = std::getenv("SIGNALBOX_TEST_BROKER"))
    return servers;
  static const kafka_cluster own;
  return own.bootstrap();
}

} // namespace signalbox::test
