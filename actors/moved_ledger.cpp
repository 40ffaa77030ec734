#include "actors/moved_ledger.hpp"

#include "events/events.hpp"
#include "projections/part_source.hpp"

namespace signalbox {

namespace {

/// What follows the entry is void, so it lies near the end.
log_index index_of_move(const ledger_state& state) {
  const auto type = event::type_number(event::ledger_moved{});
  for (auto i = state.size; i-- > 0;)
    if (auto& x = state.judgements[i];
        x.type == type && static_cast<outcome>(x.result) == outcome::accepted)
      return log_index{i};
  return log_index{0}; // cannot be: the state says that it moved
}

} // namespace

std::optional<ledger_move> find_move(const ledger_state& state,
                                     const event_log& log) {
  if (!state.ledger || !state.ledger->moved)
    return std::nullopt;
  ledger_move out{index_of_move(state), ""};
  (void)log.read(out.index, [&](const log_entry_view& x) {
    if (auto text = checked_part(x.record, 0))
      out.to = std::move(*text);
    return false;
  });
  return out;
}

std::string describe_move(const ledger_state& state, const event_log& log) {
  const auto move = find_move(state, log).value_or(ledger_move{});
  return "this ledger was moved" + (move.to.empty() ? "" : " to " + move.to) +
         " at entry " + std::to_string(to_integer(move.index)) +
         ": send what writes there; what is served here is as it was then";
}

} // namespace signalbox
