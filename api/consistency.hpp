#pragma once

#include <boost/json/object.hpp>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/access.hpp"

namespace signalbox {

/// How new a read is to be.
enum class consistency {
  fast,   ///< what this node shows
  linear, ///< all that was acknowledged before the request, by any node
};

/// `fast` where the parameter `consistency` is not given.
/// Errors: `bad_request`, also where it stands beside what it cannot go with.
result<consistency> read_consistency(const json::object& params);

/// A permission of its own: each batch of linear reads makes every node fold
/// one more entry, which stays in the log for ever. Whoever may write something
/// or audits has it; a reader and a stranger do not.
constexpr bool may_read_linear(role_mask held) {
  return permits(held, role::publisher) || permits(held, role::operator_role) ||
         permits(held, role::auditor);
}

} // namespace signalbox
