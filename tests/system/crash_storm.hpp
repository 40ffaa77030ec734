#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "events/ids.hpp"
#include "tests/system/crash_node.hpp"
#include "tests/system/crash_publish.hpp"

namespace signalbox::test {

/// The channels that are published to. The first four have one writer each,
/// the others are contested.
inline const std::array<std::pair<const char*, const char*>, 6> crash_channels{
    {{"claude-code", "default"},
     {"claude-code", "prod"},
     {"vscode", "default"},
     {"codex", "default"},
     {"vscode", "prod"},
     {"codex", "prod"}}};

inline constexpr unsigned crash_writers = 8;
inline constexpr unsigned lone_writers = 4;

/// When the server is killed: counted, not timed, so that the moment lies in
/// the work and not in a pause.
struct storm_plan {
  enum class moment { sent, acknowledged };
  std::uint32_t seed = 0;
  int round = 0;
  moment when = moment::sent;
  unsigned after = 1; ///< so many publishes
};

/// What the writers saw until the server was gone.
struct storm_log {
  std::vector<acknowledged_publish> acknowledged;
  std::vector<publish_call> calls;      ///< of `acknowledged`, place by place
  std::vector<publish_call> unanswered; ///< their fate is open
  std::vector<later_answer> retries;
  std::vector<wrong_answer> wrong;
  unsigned conflicts = 0; ///< races lost
};

/// Publishes from all writers at once, each on one connection, until the
/// server is killed as planned.
storm_log run_storm(const crash_node& node, const test_ledger& ledger,
                    const ledger_id& id, const storm_plan& plan);

/// The acknowledgement that an answer to this call is.
acknowledged_publish acknowledge(const publish_call& x, const answer& y,
                                 const ledger_id& id, int round);

/// What an answer tells about a publish that was acknowledged before.
later_answer tell_again(later_answer::source asked, const std::string& key,
                        const answer& y, int round);

} // namespace signalbox::test
