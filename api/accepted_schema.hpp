#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace signalbox::read_operations {

/// A channel, or why there is none.
struct channel_choice {
  std::shared_ptr<const channel_view> channel;
  operation_answer refused;
};

/// The channel with the newest schema that the caller accepts, by ranges of its
/// versions (semver_range), perhaps behind `client_id/`; any of them may hold
/// it. What is current decides, so a range finer than a major may read the log.
/// Refusals: `bad_request`; `not_found`, with what there is in `available`.
channel_choice choose_accepted(const operation_world& world, const view& seen,
                               const catalog_profile& where,
                               const std::vector<std::string>& accept);

} // namespace signalbox::read_operations
