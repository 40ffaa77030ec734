#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

enum class severity {
  error,
  warning,
  changed, ///< policy changed the payload, which is no reason to refuse it
};

std::string_view to_string(severity x);

/// What policy did to the payload.
enum class change {
  none,
  stripped,  ///< a server, a reference to it, or a value was taken out
  redacted,  ///< a key was taken out
  defaulted, ///< a value was set where there was none
};

std::string_view to_string(change x);

/// One thing that a check found in a draft (FR-8). The message says what is
/// wrong and what to do instead; it never holds the value.
struct finding {
  std::string rule;
  std::string pointer; ///< RFC 6901, into the draft
  severity level = severity::error;
  std::string message;
  change done = change::none; ///< with severity `changed` only
};

bool has_errors(const std::vector<finding>& findings);

/// Whether a payload with this finding holds what policy forbids: an error, or
/// something that would be taken out of it.
bool forbids(const finding& x);

} // namespace signalbox
