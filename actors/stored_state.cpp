#include "actors/stored_state.hpp"

#include "events/record.hpp"
#include "projections/state_rows.hpp"

namespace signalbox {

bool stored_state::load_rows(ledger_state& state) {
  state_loader loader{state};
  bool whole = true;
  auto scanned =
      store_.scan("", [&](std::string_view key, std::string_view row) {
        is_stale_ = true; // until all of it proves to fit
        return whole = loader.load(key, row);
      });
  if (!scanned) {
    is_stale_ = true;
    warn("the stored state cannot be read: " + scanned.error().message);
    return false;
  }
  return whole && is_stale_ && loader.finish() && is_of_this_log(state);
}

/// A log that was cut, replaced or recreated under the state shows in the last
/// entry that was folded: its H covers all before it.
bool stored_state::is_of_this_log(const ledger_state& state) const {
  if (state.size == 0)
    return true;
  const log_index last{state.size - 1};
  bool same = false;
  auto read = log_.read(last, [&](const log_entry_view& x) {
    same = x.index == last && state.ends_with(envelope_of(x.record));
    return false;
  });
  if (!same)
    warn("the stored state is not of this log: it ends with entry " +
         std::to_string(to_integer(last)) +
         (last < log_.end() && read
              ? ", which is another here"
              : ", which the log does not hold or cannot read"));
  return same;
}

ledger_state stored_state::load() {
  ledger_state out;
  if (load_rows(out)) {
    is_stale_ = false;
  } else {
    if (is_stale_)
      warn("the stored state does not fit the log: folding from the beginning");
    out = ledger_state{};
  }
  saved_at_ = out.size;
  return out;
}

/// Rows of an abandoned state must not mix with new ones.
result<void> stored_state::clear() {
  if (!is_stale_)
    return {};
  auto cleared = store_.clear();
  is_stale_ = !cleared;
  if (!cleared)
    warn("the former state was not cleared: " + cleared.error().message);
  return cleared;
}

result<void> stored_state::save(ledger_state& state) {
  if (auto written = write_drained(state); !written || drained_)
    return written;
  drained_.emplace();
  drain_rows(state, [&](std::string key, std::string row, bool erased) {
    if (erased)
      drained_->erases.push_back(std::move(key));
    else
      drained_->puts.emplace_back(std::move(key), std::move(row));
  });
  saved_at_ = state.size; // if it fails: not before there is something new
  return write_drained(state);
}

/// A state ahead of its log would not be loaded.
result<void> stored_state::write_drained(ledger_state& state) {
  if (!drained_ || saved_at_ > to_integer(log_.kept()))
    return {};
  auto written = clear();
  if (written) {
    written = store_.write(*drained_);
    if (!written)
      warn("the state was not saved: " + written.error().message);
  }
  drained_.reset();
  if (!written) {
    ++status_.save_failures;
    mark_all_rows(state); // what was drained has to come again
  }
  return written;
}

void stored_state::warn(std::string line) const {
  if (warn_)
    warn_(std::move(line));
}

} // namespace signalbox
