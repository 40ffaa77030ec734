#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "api/defaults.hpp"
#include "api/http_handler.hpp"
#include "api/http_probe.hpp"

namespace signalbox {

class tls_keeper;

struct http_config {
  std::string address = "127.0.0.1"; ///< a literal IPv4 or IPv6 address
  std::uint16_t port = 0;            ///< 0: any free port
  std::size_t workers = 1;           ///< threads, 1-256
  std::size_t max_connections = default_max_connections;
  std::size_t send_budget = default_send_budget; ///< bytes
  std::size_t header_limit = default_header_limit;
  std::size_t target_limit = default_target_limit;
  std::chrono::milliseconds header_timeout = default_header_timeout;
  std::chrono::milliseconds body_timeout = default_body_timeout;
  std::chrono::milliseconds write_timeout = default_write_timeout;
  std::chrono::milliseconds idle_timeout = default_idle_timeout;
  std::chrono::milliseconds drain_timeout = default_drain_timeout;
  std::chrono::milliseconds sweep_interval = default_sweep_interval;
  /// The certificate; null: plain text.
  std::shared_ptr<const tls_keeper> tls = nullptr;
};

/// Errors: `bad_request`; the message names the setting and its range.
result<void> validate(const http_config& x);

/// An HTTP/1.1 server: threads with an io_context each, connections spread
/// over them in turn. Answers what lies ready without allocating; everything
/// else goes through `http_handler::handle` and comes back from any thread.
///
/// Owned by the composition root; all functions on one thread, `counts` on
/// any. Replies that come after `stop` are dropped.
class http_server {
 public:
  http_server(http_config config, std::shared_ptr<http_handler> handler);
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server(); ///< stops

  /// Binds, listens and serves. Once.
  /// Errors: those of `validate`; `io` with the reason and what to do.
  result<void> start();

  /// The port that is listened on; 0 before a successful start.
  std::uint16_t port() const;

  /// Stops accepting, closes idle connections, lets running requests finish
  /// (their answers say `Connection: close`), cuts what is left after the
  /// drain time-out, and returns when no thread is left. Idempotent.
  void stop();

  http_counts counts() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
