#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "api/update_event.hpp"

namespace signalbox {

/// The events of changes, each composed once however many want it, and kept
/// for a while. Any thread.
class update_events {
 public:
  using event = std::shared_ptr<const update_event>;

  /// Gives the signed head of a channel as JSON, or nothing where none can be
  /// served. Reads the log and signs.
  using head_maker =
      std::function<std::string(const view&, const channel_view&)>;

  /// `head_life` in milliseconds.
  update_events(const event_log& log, std::int64_t head_life,
                head_maker make_head);

  /// The event of a change as this view shows it, if it lies ready: with the
  /// channel's head while it is in force. Never blocks.
  event ready(const view& seen, std::uint64_t place) const;

  /// The same, composed now if need be: on a pool's thread or the hub's.
  /// Errors: `log_corrupt`, `io`.
  result<event> get(const view& seen, std::uint64_t place);

 private:
  /// Under what an event was composed: it is good as long as this is the same.
  struct footing {
    bool in_force = false;
    std::uint64_t keyset_version = 0;
    std::int64_t period = 0;

    bool operator==(const footing&) const = default;
  };
  struct kept {
    footing on;
    event what;
  };

  footing footing_of(const view& seen, std::uint64_t place) const;
  void keep(std::uint64_t place, kept x);

  const event_log& log_;
  const std::int64_t head_life_;
  const head_maker make_head_;
  std::mutex composing_; ///< held while the log is read
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, kept> kept_;
  std::deque<std::uint64_t> order_; ///< of kept_, the oldest first
  std::size_t bytes_ = 0;
};

} // namespace signalbox
