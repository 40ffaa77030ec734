#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "app/api_client.hpp"
#include "app/sse_parser.hpp"

namespace signalbox {

/// What is watched, and for how long.
struct watch_order {
  std::optional<std::string> client_id; ///< all, if neither is named
  std::optional<std::string> profile;
  std::string since; ///< a token, `now`, or empty: begin with what is in force
  std::optional<std::chrono::milliseconds> time; ///< none: until stopped
};

/// What the watcher tells as it goes.
struct watch_callbacks {
  /// An event; false ends the watch.
  std::function<bool(const sse_event&)> on_event;
  /// The stream broke and is sought again.
  std::function<void(const std::string& why)> on_retry;
};

/// Follows the stream of changes until it is stopped: by `on_event`, the time,
/// SIGINT or SIGTERM. A stream that breaks is taken up where it was. Blocks.
/// Errors: what the server answers instead of a stream, unless it may be
/// better soon; `unavailable` if it was never reached.
result<void> watch_changes(const api_client& server, const watch_order& what,
                           const watch_callbacks& tell);

} // namespace signalbox
