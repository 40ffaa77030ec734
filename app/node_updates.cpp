#include "app/node_updates.hpp"

#include <random>

#include "actors/defaults.hpp"
#include "api/signing.hpp"
#include "storage/kafka_updates.hpp"

namespace signalbox {

namespace {

using clock = updates_config::clock;

/// Whether the view shows all that the log had at this time.
bool is_whole(const view& seen, const node_status& status,
              clock::time_point at) {
  return clock::now() - status.behind() > at && seen.size >= status.log_end;
}

updates_config make_config(const node_updates_config& given,
                           updates_topic& topic) {
  const auto writer = [&log = given.log](log_level level) {
    return [&log, level](const std::string& line) {
      log.write(level, line, {{"component", "updates"}});
    };
  };
  return {
      .topic = topic,
      .log = given.entries,
      .shown = given.node.view(),
      .may_write =
          [id = given.id](const view& x) { return !membership_problem(x, id); },
      .is_whole =
          [&status = given.node.status()](const view& x, auto at) {
            return is_whole(x, status, at);
          },
      .note = writer(log_level::info),
      .warn = writer(log_level::warning),
      .seed = std::random_device{}(),
      .waits = {actor_defaults::updates_takeover,
                actor_defaults::updates_takeover_ceiling},
      .check_every = actor_defaults::updates_check_every};
}

} // namespace

node_updates::node_updates(const node_updates_config& config) {
  if (!config.kafka || !config.writes)
    return;
  auto warn = [&log = config.log](const std::string& line) {
    log.write(log_level::warning, line, {{"component", "updates"}});
  };
  auto topic = kafka_updates::open({.settings = *config.kafka, .warn = warn});
  if (!topic) {
    warn("no changes are written to Kafka: " + topic.error().message);
    return;
  }
  topic_ = std::move(*topic);
  publisher_ = std::make_unique<updates_publisher>(
      make_config(config, *topic_),
      [&node = config.node](auto hears) { node.listen(std::move(hears)); });
}

void node_updates::start() {
  if (publisher_)
    publisher_->start();
}

void node_updates::stop() {
  if (publisher_)
    publisher_->stop();
}

updates_counts node_updates::counts() const {
  return publisher_ ? publisher_->counts() : updates_counts{};
}

} // namespace signalbox
