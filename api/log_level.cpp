#include "api/log_level.hpp"

namespace signalbox {

std::string_view to_string(log_level x) {
  switch (x) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    return "error";
  }
  return "unknown";
}

std::optional<log_level> log_level_from_string(std::string_view text) {
  for (auto x : {log_level::debug, log_level::info, log_level::warning,
                 log_level::error})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

} // namespace signalbox
