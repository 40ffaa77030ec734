#pragma once

#include <cstdint>
#include <string>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "events/token.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// The token of the place right after a change.
consistency_token token_after(const view& seen, std::uint64_t place);

/// One change of a channel as an object: what subscribers and consumers of
/// updates are told alike (FR-10, FR-11), but for the signed head, which each
/// node signs with a key of its own. Reads the log. `place` is the change's in
/// the journal of all changes. What was redacted is null; `reload` is what the
/// family says now, all else is the same on every node and at any time.
/// Errors: `log_corrupt`, `io`.
result<json::object> describe_change(const event_log& log, const view& seen,
                                     std::uint64_t place);

} // namespace signalbox
