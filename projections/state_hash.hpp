#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox {

/// The sum modulo 2^128 of XXH3-128 over rows: its cost does not grow with the
/// state, and it does not depend on the order of changes. It finds divergence;
/// forgers face the chain.
struct state_hash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  state_hash& operator+=(const state_hash& x);
  state_hash& operator-=(const state_hash& x);
  auto operator<=>(const state_hash&) const = default;

  std::string hex() const;
};

/// The hash of one row of one table.
state_hash hash_row(char table, std::string_view key, std::string_view row);

/// For hash tables keyed by text.
std::size_t hash_key(std::string_view key);

} // namespace signalbox
