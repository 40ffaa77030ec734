#pragma once

#include <optional>
#include <string>

#include "api/operation.hpp"

// The policy set that a profile is under, for PutProfile and BindPolicySet.

namespace signalbox {

/// Which set a profile is to be bound to.
struct policy_binding {
  std::string client_id;
  std::string profile;
  std::string policy_set_id;
  std::optional<std::string> version; ///< none: the newest
};

/// Errors: `not_found` (set or version), `unavailable` (it cannot be read).
result<const catalog_policy_set*> choose_policy_set(const catalog& documents,
                                                    const policy_binding& x);

/// The event that binds it; nothing to do if it is bound already.
/// Errors: as choose_policy_set; `not_found` for the profile.
result<preparation> prepare_binding(const policy_binding& x, const view& seen,
                                    const operation_call& call);

/// Binds one profile and answers what is bound to it; `x` names the version. A
/// retry is answered what its first try bound.
void bind_profile(const operation_world& world,
                  const std::shared_ptr<operation_call>& call,
                  operation_reply reply, const policy_binding& x);

} // namespace signalbox
