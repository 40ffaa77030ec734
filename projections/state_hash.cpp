#include "projections/state_hash.hpp"

#include <array>
#include <cstdio>

// Inlined: rows and keys are short, calls into the library would cost as much
// as the hashing.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace signalbox {

state_hash& state_hash::operator+=(const state_hash& x) {
  low += x.low;
  high += x.high + (low < x.low ? 1 : 0);
  return *this;
}

state_hash& state_hash::operator-=(const state_hash& x) {
  high -= x.high + (low < x.low ? 1 : 0);
  low -= x.low;
  return *this;
}

std::string state_hash::hex() const {
  std::array<char, 33> out{};
  std::snprintf(out.data(), out.size(), "%016llx%016llx",
                static_cast<unsigned long long>(high),
                static_cast<unsigned long long>(low));
  return out.data();
}

state_hash hash_row(char table, std::string_view key, std::string_view row) {
  // The key's hash seeds the row's, so that no key runs into its row.
  auto seed = XXH3_64bits_withSeed(key.data(), key.size(),
                                   static_cast<XXH64_hash_t>(table));
  auto hash = XXH3_128bits_withSeed(row.data(), row.size(), seed);
  return {hash.low64, hash.high64};
}

std::size_t hash_key(std::string_view key) {
  return XXH3_64bits(key.data(), key.size());
}

} // namespace signalbox
