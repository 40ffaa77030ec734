#pragma once

#include <string>
#include <vector>

#include "app/keyset_access.hpp"
#include "app/options.hpp"
#include "events/keyset.hpp"

namespace signalbox {

/// What to change about the keyset, as one command names it.
struct wanted_change {
  bool rotate = false;
  std::vector<std::string> retire, revoke; ///< key ids
};

/// The next keyset, unsigned. For a rotation it makes the node's new keys and
/// writes them to its directory first, so that the node has them when the
/// keyset takes effect; a node that no keyset names yet gets those that it was
/// made with. Without --force no key is revoked that sealed what is
/// current. Errors: `bad_request`, `not_found`, `conflict`, `io`, `bad_key`,
/// and those of the place.
result<keyset> plan_keyset(const command_options& options,
                           const wanted_change& wanted, keyset_access& place);

} // namespace signalbox
