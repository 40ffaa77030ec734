#pragma once

#include <optional>
#include <string>

#include "projections/decoded_entry.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// fault::state_row_lost: what an entry changes in a channel's row is lost, in
/// this fold and no other. Does nothing without the fault.
class lost_row {
 public:
  /// Before the entry is folded.
  lost_row(const ledger_state& state, const decoded_entry& x);

  /// After it was folded.
  void lose(ledger_state& state) const;

 private:
  std::string key_;
  std::optional<channel_row> row_;
};

} // namespace signalbox
