#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// One change of a channel as clients see it (FR-10, FR-11). Its bytes are
/// composed once and shared by all who get them.
struct update_event {
  std::uint64_t place = 0; ///< in the journal of all changes
  std::string client_id;
  std::string profile;
  std::string token; ///< of the place right after it
  /// As a server-sent event: id is the token, event the type, data the JSON.
  std::shared_ptr<const std::string> frame;
  std::string_view json; ///< within the frame
};

/// A frame of the event stream format (WHATWG HTML section 9.2). `data` has no
/// line end; an empty `id` is left out.
std::string to_frame(std::string_view id, std::string_view type,
                     std::string_view data);

/// Composes the event of a change; reads the log. What was redacted is null in
/// it. Errors: `log_corrupt`, `io`.
result<update_event> compose_event(const event_log& log, const view& seen,
                                   std::uint64_t place,
                                   const std::string& head);

} // namespace signalbox
