#pragma once

#include <optional>
#include <vector>

#include "events/stream_record.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// What a fold came to at one entry.
struct state_place {
  log_index index{};
  digest chain;
  state_hash state;

  bool operator==(const state_place&) const = default;
};

/// Where the fold is. The state holds an entry at least.
state_place place_of(const ledger_state& state);

/// As this build says it to other nodes.
state_hashed announce(const state_place& x);

/// Whether nodes compare at this entry, however busy the ledger is.
bool is_compared(log_index x);

/// What a node's own fold came to lately: at each of the last entries, since
/// any of them may be the last one of another node for a while, and further
/// back at those where nodes compare.
class state_places {
 public:
  /// The entry after the one added last.
  void add(const state_place& x);

  /// Null if it was never added, or too long ago.
  const state_place* find(log_index index) const;

 private:
  using ring = std::vector<std::optional<state_place>>;

  static void put(ring& to, std::size_t size, std::uint64_t number,
                  const state_place& x);
  static const state_place* look(const ring& from, std::uint64_t number,
                                 log_index index);

  ring recent_;
  ring compared_;
};

} // namespace signalbox
