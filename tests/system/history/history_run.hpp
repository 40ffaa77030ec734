#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/system/history/fleet.hpp"
#include "tests/system/history/history.hpp"

namespace signalbox::test {

struct history_plan {
  fleet_plan fleet;
  std::chrono::seconds time{10};
  std::uint32_t seed = 1;
  /// Longer than a command may stay open: two lives of it, and the longest time
  /// that nodes and brokers are away.
  std::chrono::seconds patience{90};
  bool harm = false; ///< nodes and brokers fail meanwhile
};

struct history_result {
  history seen;
  std::vector<std::string> deeds; ///< of the nemesis, in order
};

/// Eight writers and three subscribers at three nodes, while somebody keeps the
/// profiles changing, and a stranger writes transactions to the topic. When the
/// time is over all is let come to rest, and the log is read.
history_result run_history(const history_plan& plan);

} // namespace signalbox::test
