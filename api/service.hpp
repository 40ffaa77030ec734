#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "actors/runtime.hpp"
#include "api/change_defaults.hpp"
#include "api/change_seats.hpp"
#include "api/http_handler.hpp"
#include "api/log_level.hpp"
#include "api/metrics.hpp"
#include "api/request_limits.hpp"
#include "api/signing.hpp"
#include "storage/log.hpp"

namespace signalbox {

class activity_log;
class client_reports;

struct service_config {
  std::string ledger_name = "main";
  bool public_reads = true;
  std::size_t workers = 1; ///< of the HTTP server
  std::size_t disk_threads = 2;
  std::size_t check_threads = 2; ///< for drafts and patches
  std::int64_t head_life = default_head_life;
  /// Subscribers and long polls.
  seat_limits listeners{change_defaults::max_listeners,
                        change_defaults::max_listeners_per_caller};
  std::chrono::milliseconds heartbeat = change_defaults::heartbeat;
  std::function<timestamp()> wall_clock;
  log_function log = nullptr;
  request_limits_config limits = {};
  key_loader load_keys; ///< again, whenever the keyset changed
  /// For the metrics: what the server and the log count.
  std::function<outside_counts()> outside = nullptr;
  /// Answers that are older say so. The log's client tells its state once a
  /// second.
  std::chrono::milliseconds tolerated_age{2500};
  client_reports* reports = nullptr; ///< outlives the service; null: none
  activity_log* activity = nullptr;  ///< likewise
};

/// Everything behind the HTTP server: REST, JSON-RPC, readiness and metrics.
/// Reads are answered on the worker's thread from prepared bytes, or through a
/// pool; writes go through the runtime.
class service final : public http_handler {
 public:
  /// `keys`: loaded under this version of the keyset.
  service(service_config config, runtime& node, const event_log& log,
          std::uint64_t keyset_version, node_keys keys);
  ~service() override; ///< stops

  /// Refuses new disk work and finishes what is queued; after the server has
  /// stopped.
  void stop();

  void join(std::size_t worker, std::shared_ptr<http_lane> lane) override;
  void drain() override;
  const prepared_response* hot(std::size_t worker,
                               const request_head& head) override;
  admission admit(const request_head& head) override;
  void handle(http_request request, reply answer) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
