#pragma once

#include <cstdint>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// What the fold decided about an entry. It stands in the chain, so the numbers
/// are for ever: append only.
enum class outcome : std::uint16_t {
  accepted = 0,
  malformed = 1,            ///< the envelope does not decode
  too_large = 2,            ///< the envelope is above its limit
  unknown_type = 3,         ///< not part of the active fold version
  foreign_history = 4,      ///< written on the basis of another history
  duplicate = 5,            ///< the command was judged before; see that entry
  key_reused = 6,           ///< the same key with another request
  closed = 7,               ///< the command was closed before it arrived
  expired = 8,              ///< after its not_after
  forbidden = 9,            ///< the principal lacks the role or is inactive
  key_inactive = 10,        ///< the sealing key is not active
  precondition = 11,        ///< something it was checked under has changed
  conflict = 12,            ///< the aggregate's version is another
  not_found = 13,           ///< it refers to something that does not exist
  already_exists = 14,      ///< what it makes exists with other content
  version_not_greater = 15, ///< the semantic version does not grow
  already_released = 16,    ///< this content was released before: revert
  unchanged = 17,           ///< this content is current already
  bad_signature = 18,       ///< too few valid signatures by the roots
  invalid = 19,             ///< a field's value is outside the rules
  read_only = 20,           ///< the ledger has moved
  already_decided = 21,     ///< the command to close has its outcome
  last_administrator = 22,  ///< it would leave the ledger without one
};

std::string_view to_string(outcome x);

/// Whether a command of this outcome is judged again at a higher attempt: it
/// lost a race.
constexpr bool may_be_judged_again(outcome x) {
  return x == outcome::conflict || x == outcome::precondition;
}

/// The failure that a writer sees for a void entry.
errc to_errc(outcome x);

} // namespace signalbox
