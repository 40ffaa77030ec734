#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "projections/grow_only.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// All changes of all channels, by order, for readers: a channel's past is
/// searched backwards in O(log n) steps and an artifact's release is found in
/// O(log n), at 20 bytes a change beside the change itself. Written by one
/// thread, read by any number of others without a lock; a reader judges
/// itself whether what it finds lies within its view.
class change_history {
 public:
  /// Writer only.
  std::size_t size() const { return changes_.size(); }

  /// Writer only; in the order of the ledger_state's `changes`.
  void append(const channel_change& x);

  /// Any thread, below a published size.
  const channel_change& operator[](std::size_t i) const { return changes_[i]; }

  /// From the change `last` of a channel (its place + 1; 0: none) back to the
  /// newest one for which is_after(change) does not hold; nullptr if there is
  /// none. is_after must hold for all changes behind one for which it holds.
  template <class After>
  const channel_change* back_from(std::uint64_t last, After is_after) const {
    auto at = last;
    while (at != 0 && is_after(changes_[at - 1])) {
      auto leap = leap_of(at);
      at = leap != 0 && is_after(changes_[leap - 1])
               ? leap
               : changes_[at - 1].previous;
    }
    return at == 0 ? nullptr : &changes_[at - 1];
  }

  /// The place of the change that released an artifact, perhaps one beyond the
  /// caller's view. `matches(change)` tells it from others of a like hash.
  template <class Matches>
  std::optional<std::uint64_t> find_release(const digest& artifact,
                                            Matches matches) const {
    auto hash = hash_of(artifact);
    auto next = first_release_.load(std::memory_order_acquire);
    for (; next != 0; hash <<= 2) {
      if (matches(changes_[next - 1]))
        return next - 1;
      next = links_[next - 1].below[hash >> 62].load(std::memory_order_acquire);
    }
    return std::nullopt;
  }

 private:
  using place = std::uint32_t; // + 1; 0: none

  /// Beside each change: a leap over many in its channel, so that two steps
  /// back halve the way (a skew-binary jump pointer), and the releases below
  /// it in a tree that branches by two bits of the artifact a level.
  struct links {
    place leap = 0;
    std::array<std::atomic<place>, 4> below{};

    links() = default;
    links& operator=(place x) {
      leap = x;
      return *this;
    }
  };

  static std::uint64_t hash_of(const digest& x) {
    return fixed_bytes_hash{}(x);
  }

  place leap_of(std::uint64_t at) const {
    return at == 0 ? 0 : links_[at - 1].leap;
  }

  /// How many changes of the channel lie up to here.
  std::uint64_t depth_of(std::uint64_t at) const {
    return at == 0 ? 0 : changes_[at - 1].version;
  }

  place make_leap(std::uint64_t previous) const;
  void index_release(place release);

  grow_only<channel_change> changes_;
  grow_only<links> links_;
  std::atomic<place> first_release_{0};
};

} // namespace signalbox
