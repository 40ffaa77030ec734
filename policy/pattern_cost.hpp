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

/// About the states of the pattern's automaton, each of which takes some 500
/// bytes in the standard library: what is repeated up to n times stands there n
/// times. The pattern must be one that RE2 takes.
double pattern_states(std::string_view pattern);

} // namespace signalbox
