#pragma once

#include "api/policy_binding.hpp"

namespace signalbox {

/// Profiles that one call may bind.
inline constexpr std::size_t max_bound = 1000;

/// Binds the set to each profile that both names select, `*` standing for any:
/// one event each, in the order of their names, and what became of each in
/// `profiles` of the answer. It stops at the first that is not bound and fails
/// as that one did; what is bound by then stays. A repetition goes on from
/// there: what is bound already is not written again.
/// Errors: `not_found` (no such client or profile), `too_large`, those of one
/// binding; `unauthenticated` if the token was revoked on the way.
void bind_profiles(const operation_world& world,
                   const std::shared_ptr<operation_call>& call,
                   const operation_reply& reply, const policy_binding& x);

} // namespace signalbox
