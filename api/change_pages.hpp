#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/update_events.hpp"
#include "projections/change_search.hpp"

namespace signalbox {

/// What somebody who follows channels wants to see next.
struct change_query {
  change_filter filter;
  std::uint64_t from = 0; ///< a place in the journal of all changes
  /// Only what is in force of what lies before this place; after it, all.
  std::uint64_t in_force_before = 0;
  std::size_t limit = 0;
};

/// Events in order, and the place from which to go on.
struct event_page {
  std::vector<std::shared_ptr<const update_event>> events;
  std::uint64_t next = 0;
};

/// Finds and composes. Reads the log: on a pool's thread or the hub's.
/// Errors: `log_corrupt`, `io`.
result<event_page> read_page(update_events& events, const view& seen,
                             const change_query& query);

/// The same without the log, if that can be had at once: on any thread.
std::optional<event_page> ready_page(const update_events& events,
                                     const view& seen,
                                     const change_query& query);

} // namespace signalbox
