#include "projections/state_rows.hpp"

#include "events/aggregate.hpp"

namespace signalbox {

namespace {

constexpr std::string_view position_key = "!position";
constexpr std::string_view ledger_key = "l";

/// Raised whenever the layout of any row changes: older rows are then ignored
/// and the log is folded again. Raised with each fold version too: a build that
/// took the state of a newer one would go on behind the gate where it must
/// stop.
constexpr std::uint32_t row_layout = 1;
constexpr std::uint32_t layout_version = row_layout + newest_fold_version;

struct position_row {
  std::uint32_t layout = layout_version;
  std::uint64_t size = 0;
  timestamp log_time{};
  digest chain;
  digest chain_before;
  std::uint64_t hash_low = 0;
  std::uint64_t hash_high = 0;
};
template <class Archive>
void fields(Archive& ar, position_row& x) {
  ar(x.layout, x.size, x.log_time, x.chain, x.chain_before, x.hash_low,
     x.hash_high);
}

/// Calls f with every table of rows.
template <class State, class F>
void for_each_table(State& x, F f) {
  f(x.versions);
  f(x.keys);
  f(x.principals);
  f(x.tokens);
  f(x.families);
  f(x.schemas);
  f(x.profiles);
  f(x.policy_sets);
  f(x.bindings);
  f(x.channels);
  f(x.reseals);
  f(x.keysets);
  f(x.closed);
  f(x.templates);
}

template <class State, class F>
void for_each_journal(State& x, F f) {
  f(x.judgements);
  f(x.changes);
}

std::string segment_key(char tag, std::uint32_t number) {
  std::string out(1, tag);
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift & 255);
  return out;
}

std::uint32_t segment_number(std::string_view key) {
  std::uint32_t out = 0;
  for (auto c : key)
    out = out << 8 | static_cast<std::uint8_t>(c);
  return out;
}

} // namespace

std::uint32_t state_layout() {
  return layout_version;
}

void drain_rows(ledger_state& state, const row_writer_fn& write) {
  for_each_table(state, [&](auto& table) {
    table.drain([&](row_change x) {
      write(table.tag() + x.key, std::move(x.row), x.erased);
    });
  });
  for_each_journal(state, [&](auto& rows) {
    rows.drain([&](std::uint32_t number, std::string_view bytes) {
      write(segment_key(rows.tag(), number), std::string{bytes}, false);
    });
  });
  if (state.ledger)
    write(std::string{ledger_key}, encode_row(*state.ledger), false);
  write(std::string{position_key},
        encode_row(position_row{layout_version, state.size, state.log_time,
                                state.chain, state.chain_before, state.hash.low,
                                state.hash.high}),
        false);
}

void mark_all_rows(ledger_state& state) {
  for_each_table(state, [](auto& table) { table.mark_all(); });
  for_each_journal(state, [](auto& rows) { rows.mark_all(); });
}

bool state_loader::load(std::string_view key, std::string_view row) {
  if (key == position_key) {
    position_row position;
    if (!decode_row(row, position) || position.layout != layout_version)
      return false;
    state_.size = position.size;
    state_.log_time = position.log_time;
    state_.chain = position.chain;
    state_.chain_before = position.chain_before;
    expected_ = {position.hash_low, position.hash_high};
    has_position_ = true;
    return true;
  }
  if (key == ledger_key)
    return state_.restore_ledger(row);
  bool loaded = false;
  for_each_table(state_, [&](auto& table) {
    if (key.starts_with(table.tag()))
      loaded = table.restore(state_.hash, key.substr(1), row);
  });
  for_each_journal(state_, [&](auto& rows) {
    if (key.starts_with(rows.tag()) && key.size() == 5)
      loaded = rows.restore(state_.hash, segment_number(key.substr(1)), row);
  });
  return loaded;
}

bool state_loader::finish() {
  if (!has_position_ || state_.judgements.size() != state_.size ||
      state_.hash != expected_)
    return false;
  state_.index_journals();
  return true;
}

} // namespace signalbox
