#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "api/change_defaults.hpp"
#include "api/defaults.hpp"
#include "api/request_limits.hpp"
#include "api/tls_certificate.hpp"
#include "app/json_log.hpp"
#include "app/ledger_file.hpp"
#include "app/node_streams.hpp"
#include "app/served_certificate.hpp"
#include "events/head.hpp"

namespace signalbox {

/// How a node serves its ledger.
struct serve_options {
  std::filesystem::path data;
  std::string passphrase;
  std::string address = "127.0.0.1"; ///< a literal IPv4 or IPv6 address
  std::uint16_t port = 8470;         ///< 0: any free one
  std::string base_url; ///< how clients reach it; empty: by the address
  bool private_reads = false;
  bool replica = false; ///< follows the log of others, and serves reads only
  request_limits_config limits;
  std::optional<tls_files> tls;               ///< else plain HTTP
  std::size_t workers = 1;                    ///< threads for HTTP
  std::size_t threads = 2;                    ///< threads for actors
  std::int64_t head_life = default_head_life; ///< milliseconds
  /// Subscribers and long polls, in all and of one token or address.
  std::size_t listeners = change_defaults::max_listeners;
  std::size_t listeners_per_caller = change_defaults::max_listeners_per_caller;
  /// Bytes of answers that may wait for slow readers, of all connections.
  std::size_t send_budget = default_send_budget;
  std::int64_t heartbeat = change_defaults::heartbeat.count(); ///< ms
  log_level least = log_level::info;
  stream_options streams;
};

/// HOST:PORT, an IPv6 address in brackets; `localhost` is 127.0.0.1.
/// Errors: `bad_request`.
result<void> parse_listen(const std::string& text, serve_options& out);

/// What is worth telling once the server takes requests.
struct serving {
  std::string url;
  ledger_file ledger;
};

/// Takes a new TLS certificate, if there is one, or if it is told to look.
using upkeep = std::function<void(upkeep_cause)>;

/// The composition root: opens the directory, folds the log, serves until
/// `wait` returns, which calls its argument now and then; and then stops in
/// order: HTTP, actors, database. No acknowledged command is lost, and every
/// client that waits is told.
///
/// Errors: `not_found` (no ledger), `unavailable` (in use), `bad_key`,
/// `bad_request`, `io`, and those of the log.
result<void> serve(const serve_options& options,
                   const std::function<void(const serving&)>& ready,
                   const std::function<void(const upkeep&)>& wait);

} // namespace signalbox
