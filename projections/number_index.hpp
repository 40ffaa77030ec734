#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

namespace signalbox {

/// Finds a row of a journal by a key that lies in the row: keeps numbers of
/// rows only, eight bytes each, so that a look-up touches one cache line, which
/// can be asked for in advance. The owner compares keys. Copies freely: it
/// points to no journal.
class number_index {
 public:
  static constexpr std::uint64_t max_number =
      std::numeric_limits<std::uint32_t>::max() - 1;

  std::size_t size() const { return size_; }

  void clear() { *this = {}; }

  /// Room for so many numbers without growing.
  void reserve(std::size_t count) {
    if (auto wanted = std::bit_ceil(2 * count); wanted > slots_.size())
      resize(std::max(wanted, first_slots));
  }

  /// Starts to load what find() will read. `hash` must be of random bits.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty())
      __builtin_prefetch(&slots_[home(fragment(hash))]);
  }

  /// The number under this hash for which same(number) holds.
  template <class Same>
  std::optional<std::uint64_t> find(std::uint64_t hash, Same same) const {
    if (slots_.empty())
      return std::nullopt;
    auto& x = slots_[locate(fragment(hash), same)];
    return x.tenant == 0 ? std::nullopt
                         : std::optional<std::uint64_t>{x.tenant - 1};
  }

  /// Puts the number under this hash, instead of the one for which same(number)
  /// holds. Throws std::length_error beyond max_number.
  template <class Same>
  void put(std::uint64_t hash, std::uint64_t number, Same same) {
    if (number > max_number)
      throw std::length_error{"number_index: too many rows"};
    reserve(size_ + 1);
    auto& x = slots_[locate(fragment(hash), same)];
    size_ += x.tenant == 0 ? 1 : 0;
    x = {fragment(hash), static_cast<std::uint32_t>(number + 1)};
  }

 private:
  struct slot {
    std::uint32_t hash = 0;
    std::uint32_t tenant = 0; // number + 1; 0: free
  };

  static constexpr std::size_t first_slots = 16;

  static std::uint32_t fragment(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash);
  }

  std::size_t home(std::uint32_t hash) const {
    return hash & (slots_.size() - 1);
  }

  std::size_t next(std::size_t i) const {
    return (i + 1) & (slots_.size() - 1);
  }

  /// The slot of this key, or the free one where it belongs. Half of the slots
  /// are free.
  template <class Same>
  std::size_t locate(std::uint32_t hash, Same same) const {
    auto i = home(hash);
    for (; slots_[i].tenant != 0; i = next(i))
      if (slots_[i].hash == hash && same(std::uint64_t{slots_[i].tenant} - 1))
        break;
    return i;
  }

  void resize(std::size_t count) {
    std::vector<slot> old(count);
    old.swap(slots_);
    for (auto& x : old) {
      if (x.tenant == 0)
        continue;
      auto i = home(x.hash);
      while (slots_[i].tenant != 0)
        i = next(i);
      slots_[i] = x;
    }
  }

  std::vector<slot> slots_; // a power of two, or none
  std::size_t size_ = 0;
};

} // namespace signalbox
