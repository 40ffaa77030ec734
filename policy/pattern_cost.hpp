#pragma once

#include <string_view>

namespace signalbox {

/// How many ways a backtracking matcher may have to try on one subject, at
/// worst: an upper bound, infinite where it grows exponentially.
///
/// Repetitions multiply unless what may follow cannot begin like what is
/// repeated: `^[a-z]+-[a-z]+$` has one way, `^[a-z]+[a-z]+$` a thousand. A
/// repetition without a bound counts as policy_defaults::max_pattern_subject.
/// The pattern must be one that RE2 takes.
double pattern_ways(std::string_view pattern);

} // namespace signalbox
