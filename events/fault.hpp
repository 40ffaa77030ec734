#pragma once

#include <string>

namespace signalbox {

/// Faults that tests put into a running program, to show that they would be
/// found. Only builds with tests have them (SIGNALBOX_FAULTS).
enum class fault {
  answer_on_delivery, ///< a writer is answered before the fold judged
  skip_expected,      ///< the fold takes any version for the expected one
  skip_precondition,  ///< the fold takes any precondition for met
  skip_duplicate,     ///< the fold takes a repeated command for a new one
  offset_as_index,    ///< the offset of a Kafka record is taken for its index
  read_committed,     ///< a Kafka log waits for strangers' transactions
  state_row_lost,     ///< the running fold loses a change of a channel's row
  state_row_garbled,  ///< every fold gives a release a wrong time
};

#ifdef SIGNALBOX_FAULTS

/// Whether the fault is to happen here and now: every Nth time that it could,
/// after the environment variable SIGNALBOX_TEST_FAULT=NAME/N, where NAME is an
/// enumerator. Never without it. Any thread. Ends the program if the variable
/// makes no sense.
bool is_due(fault x);

/// What SIGNALBOX_TEST_FAULT says, for the log; empty without it.
std::string seeded_fault();

#else

constexpr bool is_due(fault) {
  return false;
}

inline std::string seeded_fault() {
  return {};
}

#endif

} // namespace signalbox
