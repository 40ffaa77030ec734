#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox {

class node_status;
struct view;

/// All metrics of a node and their names, in one place (NFR-11). Any thread.
class metrics {
 public:
  metrics();
  ~metrics();

  /// One request of an operation.
  void observe(std::string_view operation, unsigned status,
               std::chrono::nanoseconds took);

  /// One GetConfig that was answered from prepared bytes; cheaper than observe.
  void observe_hot(bool not_modified, std::chrono::nanoseconds took);

  /// One publish by its outcome, such as `accepted` or `conflict`.
  void published(std::string_view outcome);

  /// One finding of a rule that refused a draft.
  void validation_failure(std::string_view rule);

  /// The text of the Prometheus exposition format. `served` may be null.
  std::string expose(const node_status& status, const view* served,
                     std::size_t open_connections) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
