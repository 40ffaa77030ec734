#pragma once

#include "api/http_message.hpp"
#include "api/operation.hpp"

namespace signalbox {

/// The members of problem details (RFC 9457) for a failure: type, title,
/// status, detail, code, pointer if there is one, and the details.
json::object problem_members(const failure& why, const json::object& details);

/// The HTTP response of a REST operation.
http_response to_response(const operation_answer& x);

} // namespace signalbox
