#include "actors/commands_in_doubt.hpp"

#include "projections/ledger_state.hpp"

namespace signalbox {

namespace {

/// Whether this attempt, or a later one, can have no other outcome any more.
bool is_decided(const ledger_state& state, const event_id& id,
                std::uint32_t attempt) {
  if (state.closed.find(id.hex()))
    return true;
  auto index = state.find_command(id);
  if (!index)
    return false;
  auto& judged = state.judgements[to_integer(*index)];
  return !may_be_judged_again(static_cast<outcome>(judged.result)) ||
         judged.attempt >= attempt;
}

} // namespace

void commands_in_doubt::add(const event_id& id, std::uint32_t attempt,
                            time_point overdue_at) {
  doubts_[id] = doubt{attempt, overdue_at};
}

void commands_in_doubt::settle(const event_id& id, std::uint32_t attempt) {
  auto i = doubts_.find(id);
  if (i != doubts_.end() && attempt >= i->second.attempt)
    doubts_.erase(i);
}

std::vector<commands_in_doubt::overdue>
commands_in_doubt::take_overdue(const ledger_state& state, time_point now) {
  std::erase_if(doubts_, [&](auto& x) {
    return is_decided(state, x.first, x.second.attempt);
  });
  std::vector<overdue> out;
  for (auto& [id, x] : doubts_)
    if (now > x.overdue_at && !x.closing->exchange(true))
      out.push_back({id, x.closing});
  return out;
}

} // namespace signalbox
