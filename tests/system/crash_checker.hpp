#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/system/crash_history.hpp"

namespace signalbox::test {

/// How a history can break what a ledger promises.
enum class violation_kind {
  lost,             ///< acknowledged, and not in the log or not readable
  doubled,          ///< one command or one content accepted twice
  gap,              ///< channel versions that are not 1, 2, 3, ...
  contradiction,    ///< told otherwise than the log or an earlier answer has it
  half_state,       ///< a record or an answer that is not whole
  foreign_token,    ///< an earlier token judged as another history's
  replay_disagrees, ///< log, stored state and head file tell different stories
};

std::string_view to_string(violation_kind x);

struct violation {
  violation_kind kind = violation_kind::lost;
  std::string what;
};

/// Everything in this history that a ledger must not do. Pure: needs neither
/// server nor log, so that tests can show that each kind is found.
std::vector<violation> find_violations(const crash_history& x);

} // namespace signalbox::test
