#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/updates_counts.hpp"
#include "api/change_counts.hpp"
#include "api/http_probe.hpp"

namespace signalbox {

class node_status;
struct view;

/// What the streams beside the decisions hold and did.
struct stream_metrics {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0; ///< not taken, for whatever reason
  std::uint64_t kept = 0;    ///< entries
  std::uint64_t bytes = 0;   ///< about
};

/// What clients reported.
struct report_metrics {
  stream_metrics stream;
  std::uint64_t repeated = 0; ///< said again within a minute: not written
  std::uint64_t left_out = 0; ///< of more clients than are counted
  std::uint64_t clients = 0;
  std::uint64_t client_bytes = 0;
};

/// Counts that live elsewhere, as they are at a scrape.
struct outside_counts {
  http_counts http;
  change_counts changes;
  std::uint64_t dropped_log_lines = 0;
  std::int64_t tls_expires_at = 0; ///< of the certificate, Unix time; 0: none
  std::uint64_t tls_renewal_failures = 0;
  std::uint64_t pool_overloads = 0; ///< tasks that a full pool refused
  std::uint64_t pool_failures = 0;  ///< tasks that threw
  std::uint64_t limited_tokens = 0; ///< requests of a token that came too soon
  std::uint64_t limited_addresses = 0; ///< the same without a token
  std::uint64_t limited_callers = 0;   ///< whose requests are counted now
  report_metrics reports;
  stream_metrics activity;
  updates_counts updates;
};

/// What one worker answered of one client family from prepared bytes.
struct hot_fetches {
  lone_counter ok;
  lone_counter not_modified;
};

/// All metrics of a node and their names, in one place (NFR-11). Any thread.
class metrics {
 public:
  /// `workers`: of the HTTP server.
  explicit metrics(std::size_t workers);
  ~metrics();

  /// One request of an operation.
  void observe(std::string_view operation, unsigned status,
               std::chrono::nanoseconds took);

  /// One GetConfig that was answered from prepared bytes. Takes no lock: each
  /// worker counts for itself. Called by one thread for one `worker` number.
  void observe_hot(std::size_t worker, bool not_modified,
                   std::chrono::nanoseconds took);

  /// Where one worker counts the GetConfig answers of a client family that lie
  /// ready. Good for ever; called by one thread for one `worker` number. The
  /// number of families is bounded: further ones share a place.
  hot_fetches& fetches_of(std::size_t worker, std::string_view client_id);

  /// One GetConfig of a client family that exists, answered otherwise.
  void fetched(std::string_view client_id, unsigned status);

  /// One call that failed, over either surface, by the code of its failure.
  void failed(std::string_view operation, std::string_view code);

  /// One publish by its outcome, such as `accepted` or `conflict`.
  void published(std::string_view outcome);

  /// One finding of a rule that refused a draft.
  void validation_failure(std::string_view rule);

  /// The text of the Prometheus exposition format. `served` may be null.
  std::string expose(const node_status& status, const view* served,
                     const outside_counts& outside) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
