#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

namespace signalbox {

enum class log_level : std::uint8_t { debug, info, warning, error };

std::string_view to_string(log_level x);
std::optional<log_level> log_level_from_string(std::string_view text);

/// Takes one line of the structured log: event and fields, never a secret. Any
/// thread.
using log_function = std::function<void(log_level level, std::string_view event,
                                        boost::json::object fields)>;

} // namespace signalbox
