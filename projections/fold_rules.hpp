#pragma once

#include "events/envelope.hpp"
#include "events/outcome.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// What the rules know of the entry under judgement.
struct judged_entry {
  log_index index;
  timestamp log_time;
  const envelope& command;
};

/// The role that an event type demands of its principal.
role required_role(const event::body& x);

/// The key whose status the fold checks before anything else of the event:
/// the sealing key, or nullopt.
std::optional<digest> sealing_key(const event::body& x);

/// How many parts an event must name: a record that lacks them would be
/// accepted for ever and could never be served.
std::size_t needed_parts(const event::body& x, const ledger_state& state);

/// Judges by the rules of the event's own type. Changes nothing.
outcome check_rules(const ledger_state& state, const judged_entry& entry);

/// Applies an event that check_rules accepted.
void apply(ledger_state& state, const judged_entry& entry);

} // namespace signalbox
