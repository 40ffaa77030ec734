#pragma once

#include <cstdint>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// `90s`, `15m`, `12h` or `30d` in milliseconds; more than zero, at most ten
/// years. Errors: `bad_request`.
result<std::int64_t> parse_duration(std::string_view text);

/// The same, or a number without a unit, which counts seconds: what options
/// took before they took durations. In seconds. Errors: `bad_request`.
result<std::int64_t> parse_seconds(std::string_view text);

} // namespace signalbox
