#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/system/history/history.hpp"

namespace signalbox::test {

/// How a fleet can break what it promises.
enum class breach {
  lost,         ///< acknowledged, and not in the log as told
  doubled,      ///< one command or one content accepted twice
  false_loser,  ///< told that it lost, and accepted
  unsteady,     ///< a final answer that the log or a later one belies
  order,        ///< what ended before another began stands behind it
  went_back,    ///< a session saw less than it had seen
  stale,        ///< a linear read shows less than was known before it
  disturbed,    ///< lost a race on a channel of its own
  misjudged,    ///< an outcome that the versions do not bear out
  disagreement, ///< nodes that differ in H or state
  gap,          ///< a subscriber missed a change, or got one that never was
  astray,       ///< the topic of changes tells another story than the log
  stuck,        ///< what did not recover
  wrong_answer, ///< what nobody may be told at all
};

std::string_view to_string(breach x);

struct found_breach {
  breach what = breach::lost;
  std::string how;
};

/// Everything in this history that must not be, in one pass over each list: the
/// log has the total order, so nothing is searched. Pure.
std::vector<found_breach> find_breaches(const history& x);

} // namespace signalbox::test
