#pragma once

#include <optional>
#include <string>

#include "projections/ledger_state.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// The entry that closed a ledger because it moved, and what its part 0 says of
/// where it went: text for people, empty if it was redacted.
struct ledger_move {
  log_index index{};
  std::string to;
};

/// The last move that the state knows; nullopt where the ledger is here.
std::optional<ledger_move> find_move(const ledger_state& state,
                                     const event_log& log);

/// For whoever wants to write to it. Precondition: it has moved.
std::string describe_move(const ledger_state& state, const event_log& log);

} // namespace signalbox
