#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/token.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// What a topic of changes holds, as far as it was read: the last message of
/// each key, and how far the ledger's changes were told. Changes are written in
/// their order, so what lies below the newest one was written too. Pure.
class updates_contents {
 public:
  /// One more message; nothing for `id`: none of this ledger's.
  void take(std::string_view key, const std::optional<consistency_token>& id);

  /// Judges what was taken by a view. `is_whole`: the view shows all that the
  /// ledger had when the last message was taken, so that what it does not know
  /// is of another history.
  void settle(const view& seen, bool is_whole);

  /// Whether there may be a message of what the view does not show yet.
  bool is_ahead() const { return ahead_.has_value(); }

  /// The place behind the newest change that was told; nothing if none was.
  std::optional<std::uint64_t> told(const view& seen) const;

  /// Changes in force below a place whose channels' last messages say something
  /// else, in order. Looks at all channels.
  std::vector<std::uint64_t> gaps(const view& seen, std::uint64_t below) const;

 private:
  /// An id as it was last said under a key; nothing: by a stranger.
  std::map<std::string, std::optional<consistency_token>, std::less<>> last_;
  std::vector<consistency_token> fresh_;    ///< not judged yet
  std::optional<consistency_token> newest_; ///< of those that are known
  std::optional<consistency_token> ahead_;
};

} // namespace signalbox
