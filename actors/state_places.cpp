#include "actors/state_places.hpp"

#include "actors/defaults.hpp"
#include "projections/state_rows.hpp"

namespace signalbox {

namespace d = actor_defaults;

namespace {

state_sum to_sum(const state_hash& x) {
  state_sum out;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto shift = 56 - 8 * i;
    out.value[i] = static_cast<std::uint8_t>(x.high >> shift);
    out.value[8 + i] = static_cast<std::uint8_t>(x.low >> shift);
  }
  return out;
}

} // namespace

state_place place_of(const ledger_state& state) {
  return {log_index{state.size - 1}, state.chain, state.hash};
}

state_hashed announce(const state_place& x) {
  return {x.index, x.chain, to_sum(x.state), state_layout()};
}

bool is_compared(log_index x) {
  return (to_integer(x) + 1) % d::compare_every == 0;
}

void state_places::put(ring& to, std::size_t size, std::uint64_t number,
                       const state_place& x) {
  to.resize(size);
  to[number % size] = x;
}

const state_place* state_places::look(const ring& from, std::uint64_t number,
                                      log_index index) {
  if (from.empty())
    return nullptr;
  auto& x = from[number % from.size()];
  return x && x->index == index ? &*x : nullptr;
}

void state_places::add(const state_place& x) {
  const auto number = to_integer(x.index);
  put(recent_, d::places_kept, number, x);
  if (is_compared(x.index))
    put(compared_, d::compared_places_kept, number / d::compare_every, x);
}

const state_place* state_places::find(log_index index) const {
  const auto number = to_integer(index);
  if (auto* x = look(recent_, number, index))
    return x;
  return look(compared_, number / d::compare_every, index);
}

} // namespace signalbox
