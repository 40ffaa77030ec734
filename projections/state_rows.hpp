#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// The layout of this build's rows, fold version included: grows with each
/// change. State hashes of other layouts say nothing about this one's.
std::uint32_t state_layout();

/// How a state lies in a store of rows: one row for the position, one for each
/// row of a table, one for a segment of a journal. Keys begin with the table's
/// tag.
using row_writer_fn =
    std::function<void(std::string key, std::string row, bool erased)>;

/// Hands out what changed since the last call, the position last. Writing all
/// of it at once keeps state and position together.
void drain_rows(ledger_state& state, const row_writer_fn& write);

/// Makes the next drain_rows hand out every row: after a write that failed.
void mark_all_rows(ledger_state& state);

/// Takes stored rows back, in the order of their keys.
class state_loader {
 public:
  explicit state_loader(ledger_state& state) : state_{state} {}

  /// False if the row does not decode: stop and fold from the beginning.
  bool load(std::string_view key, std::string_view row);

  /// After the last row: makes the look-up tables again and compares the hash.
  /// False if the store holds no whole state.
  bool finish();

 private:
  ledger_state& state_;
  state_hash expected_;
  bool has_position_ = false;
};

} // namespace signalbox
