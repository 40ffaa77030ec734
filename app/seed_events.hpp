#pragma once

#include <vector>

#include "actors/encode.hpp"

namespace signalbox {

/// The built-in policy set and families as events, in the order in which a
/// ledger takes them: the set, then for each family its family_put, its
/// profile_puts and the bindings of the set to them.
/// Errors: `bug` (a seed does not parse: the build is wrong).
result<std::vector<proposal_draft>> make_seed_events();

} // namespace signalbox
