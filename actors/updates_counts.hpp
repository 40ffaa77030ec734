#pragma once

#include <chrono>
#include <cstdint>

namespace signalbox {

/// How it goes with the topic of changes, since the start of the node.
struct updates_counts {
  bool is_writer = false;
  std::uint64_t written = 0;   ///< messages
  std::uint64_t elections = 0; ///< how often this node became the writer
  std::uint64_t lost = 0;      ///< how often another one took over from it
  /// How long a change has been there that is not in the topic.
  std::chrono::steady_clock::duration behind{};
};

} // namespace signalbox
