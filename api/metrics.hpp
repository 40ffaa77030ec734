#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http_probe.hpp"

namespace signalbox {

class node_status;
struct view;

/// Counts that live elsewhere, as they are at a scrape.
struct outside_counts {
  http_counts http;
  std::uint64_t dropped_log_lines = 0;
  std::uint64_t pool_overloads = 0; ///< tasks that a full pool refused
  std::uint64_t pool_failures = 0;  ///< tasks that threw
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
