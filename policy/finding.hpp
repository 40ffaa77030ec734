#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

enum class severity { error, warning };

std::string_view to_string(severity x);

/// One thing that a check found in a draft (FR-8). The message says what is
/// wrong and what to do instead; it never holds the value.
struct finding {
  std::string rule;
  std::string pointer; ///< RFC 6901, into the draft
  severity level = severity::error;
  std::string message;
};

bool has_errors(const std::vector<finding>& findings);

} // namespace signalbox
