#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/errors.hpp"

namespace signalbox {

/// A request target taken apart: percent-decoded path segments and query
/// parameters (RFC 3986).
struct target {
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> parameters;
};

/// Errors: `bad_request`: not origin-form, a bad escape, an empty, `.` or `..`
/// segment, a NUL, or more than 16 segments or 32 parameters.
result<target> parse_target(std::string_view text);

/// Text separated by commas; empty pieces are left out.
std::vector<std::string> split_list(std::string_view text);

} // namespace signalbox
