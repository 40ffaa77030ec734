#pragma once

#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// What scripts can rely on. Which failure has which code stands in the one
/// table of failures, `api/error_table.cpp`.
enum class exit_code : int {
  ok = 0,
  failure = 1,
  usage = 2,
  not_found = 3,
  refused = 4,
  conflict = 5,
  denied = 6,
  unavailable = 7,
};

/// One line for `--help`.
std::string_view describe(exit_code x);

exit_code to_exit_code(errc x);

} // namespace signalbox
