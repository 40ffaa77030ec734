#pragma once

#include <optional>
#include <string_view>

#include "api/http_message.hpp"

namespace signalbox {

/// The answer where a path takes other methods than the request's: 405, or 204
/// to OPTIONS, both with Allow (RFC 9110 sections 9.3.7 and 15.5.6). Nothing if
/// the path takes the method, or is not there.
std::optional<http_response> check_method(const request_head& head,
                                          std::string_view ledger_name);

} // namespace signalbox
