#pragma once

#include <string>

#include "api/operation.hpp"

namespace signalbox {

/// Channels that one preview may look at, each of which reads the log.
inline constexpr std::size_t max_previewed = 1000;

/// What a policy set would refuse or change of all that is current, in the
/// profiles that both names select; `*` stands for any. Writes nothing. The
/// answer is a list of {client_id, profile, major, artifact_id, version,
/// verdict, report}: the verdict is `pass`, `change`, `refuse`, or `unknown`
/// with the reason as `detail` where the artifact cannot be read. Reads the
/// log.
/// Errors: `not_found` (no such client or profile), `too_large`.
result<json::array> preview_policy(const operation_world& world,
                                   const view& seen,
                                   const std::string& client_id,
                                   const std::string& profile,
                                   const catalog_policy_set& rules);

} // namespace signalbox
