#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/update_event.hpp"

namespace signalbox {

/// A change on its way to those who listen.
struct fresh_change {
  std::uint64_t place = 0;
  std::string client_id;
  std::string profile;
  /// Null if nobody was known to want it, or it could not be read: who does
  /// want it reads it for itself.
  std::shared_ptr<const update_event> event;
};

/// All changes that came with a publication, in order.
struct change_round {
  std::uint64_t to = 0;      ///< the place after the last one
  std::uint64_t entries = 0; ///< of the log that were folded
  std::chrono::steady_clock::time_point published_at;
  std::vector<fresh_change> changes;
};

} // namespace signalbox
