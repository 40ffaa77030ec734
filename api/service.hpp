#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "actors/runtime.hpp"
#include "api/http_handler.hpp"
#include "api/signing.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Takes one line of the structured log: event and fields, never a secret.
using log_function =
    std::function<void(std::string_view event, boost::json::object fields)>;

struct service_config {
  std::string ledger_name = "main";
  bool public_reads = true;
  std::size_t workers = 1; ///< of the HTTP server
  std::size_t disk_threads = 2;
  std::int64_t head_life = default_head_life;
  std::function<timestamp()> wall_clock;
  log_function log = nullptr;
  key_loader load_keys; ///< again, whenever the keyset changed
  /// Open connections, for the metrics.
  std::function<std::size_t()> open_connections = nullptr;
};

/// Everything behind the HTTP server: REST, JSON-RPC, readiness and metrics.
/// Reads are answered on the worker's thread from prepared bytes, or through a
/// pool; writes go through the runtime.
class service final : public http_handler {
 public:
  /// `keys`: loaded under this version of the keyset.
  service(service_config config, runtime& node, const event_log& log,
          std::uint64_t keyset_version, node_keys keys);
  ~service() override;

  /// Refuses new disk work and finishes what is queued; after the server has
  /// stopped.
  void stop();

  const prepared_response* hot(std::size_t worker,
                               const request_head& head) override;
  result<std::size_t> admit(const request_head& head) override;
  http_response refusal(const failure& why, const request_head& head) override;
  void handle(http_request request, reply answer) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
