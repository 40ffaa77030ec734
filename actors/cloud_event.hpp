#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/token.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"
#include "storage/updates_topic.hpp"

namespace signalbox {

/// The `source` of all events of a ledger: `urn:signalbox:ledger:<id>`.
std::string cloud_source(const ledger_id& ledger);

/// A change of a channel as a message: its key is the channel's, its value a
/// CloudEvent 1.0 in structured JSON mode. The event's id is the consistency
/// token of the change, so every node gives it the same one, and none other has
/// it, in no other history of the ledger either. Reads the log.
/// Errors: `log_corrupt`, `io`.
result<update_message> make_cloud_event(const event_log& log, const view& seen,
                                        std::uint64_t place);

/// The change that a message tells of; nothing if it is none of this ledger's.
std::optional<consistency_token> read_cloud_event(const ledger_id& ledger,
                                                  std::string_view value);

} // namespace signalbox
