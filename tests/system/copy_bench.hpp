#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/copy_ledger.hpp"
#include "tests/system/kafka_cluster.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

namespace fs = std::filesystem;

/// A place with settings for topics of its own.
struct copy_bench {
  temporary_directory place;
  std::string name =
      "l" + std::to_string(::getpid()) + "n" + std::to_string(++made);
  fs::path settings = place / "kafka.properties";

  copy_bench() {
    write_text(settings, "bootstrap.servers = " + shared_broker() +
                             "\nsignalbox.deployment = copy\n"
                             "signalbox.ledger = " +
                             name + '\n');
  }

  std::string topic() const { return "copy." + name + ".decisions.v1"; }

  std::vector<std::string> words(const fs::path& from, const fs::path& to,
                                 bool to_kafka,
                                 std::vector<std::string> more = {}) const {
    std::vector<std::string> out{"log", "copy", "--json", "--data",
                                 from,  "--to", to};
    if (to_kafka)
      out.insert(out.end(), {"--kafka", settings, "--kafka-replication", "1",
                             "--kafka-min-in-sync", "1"});
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  static inline std::atomic<int> made{0};
};

/// For brokers of which one is enough.
inline topic_plan plan_of(const fs::path& settings) {
  topic_plan out;
  out.kafka = parse_kafka_settings(read_text(settings)).value();
  out.layout.replication = out.layout.min_in_sync = 1;
  return out;
}

} // namespace signalbox::test
