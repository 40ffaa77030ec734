#include "actors/lost_row.hpp"

#include "events/fault.hpp"

namespace signalbox {

namespace {

constexpr std::string_view channels = "channel/";

} // namespace

lost_row::lost_row(const ledger_state& state, const decoded_entry& x) {
  if (seeded_fault().empty() || !x.command ||
      !x.command->aggregate.starts_with(channels))
    return;
  auto key = x.command->aggregate.substr(channels.size());
  const auto* row = state.channels.find(key);
  if (row == nullptr || !is_due(fault::state_row_lost))
    return;
  key_ = key;
  row_ = *row;
}

void lost_row::lose(ledger_state& state) const {
  if (row_)
    state.channels.put(state.hash, key_, *row_);
}

} // namespace signalbox
