#pragma once

#include <memory>
#include <optional>

#include "actors/runtime.hpp"
#include "actors/updates_publisher.hpp"
#include "app/json_log.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/log.hpp"

namespace signalbox {

struct node_updates_config {
  const std::optional<kafka_settings>& kafka;
  bool writes = true; ///< false: a replica
  const event_log& entries;
  runtime& node;
  principal_id id; ///< of the node
  const json_log& log;
};

/// What brings the changes of a ledger on Kafka into their topic, while this
/// node writes it; elsewhere, and on a replica, nothing.
class node_updates {
 public:
  explicit node_updates(const node_updates_config& config);
  node_updates(const node_updates&) = delete;
  node_updates& operator=(const node_updates&) = delete;

  void start();
  void stop();

  /// Any thread.
  updates_counts counts() const;

 private:
  std::unique_ptr<updates_topic> topic_;
  std::unique_ptr<updates_publisher> publisher_; // uses the topic
};

} // namespace signalbox
