#pragma once

#include <string>
#include <utility>
#include <vector>

namespace signalbox::test {

/// What the tests ask of a broker beside the product, through librdkafka.
/// Everything throws std::runtime_error with what the broker said.
class kafka_client {
 public:
  /// `bootstrap`: as `bootstrap.servers` takes it.
  explicit kafka_client(std::string bootstrap)
      : bootstrap_{std::move(bootstrap)} {}

  using settings = std::vector<std::pair<std::string, std::string>>;

  /// A topic of one partition.
  void create_topic(const std::string& topic, int replication,
                    const settings& more = {}) const;

  /// Returns once each is written by all in-sync replicas (acks=all), within
  /// 30 s.
  void produce(const std::string& topic,
               const std::vector<std::string>& records) const;

  /// Every record of partition 0, in order.
  std::vector<std::string> read(const std::string& topic) const;

  /// The number of the broker that leads partition 0; -1 if none does.
  int leader(const std::string& topic) const;

 private:
  std::string bootstrap_;
};

} // namespace signalbox::test
