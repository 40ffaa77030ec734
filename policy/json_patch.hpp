#pragma once

#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// The JSON Patch (RFC 6902) that turns one JSON text into another.
/// Errors: `bad_json`.
result<std::string> make_json_patch(std::string_view from, std::string_view to);

} // namespace signalbox
