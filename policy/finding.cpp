#include "policy/finding.hpp"

#include <algorithm>

namespace signalbox {

std::string_view to_string(severity x) {
  switch (x) {
  case severity::error:
    return "error";
  case severity::warning:
    return "warning";
  case severity::changed:
    return "changed";
  }
  return "error";
}

std::string_view to_string(change x) {
  switch (x) {
  case change::none:
    return "none";
  case change::stripped:
    return "stripped";
  case change::redacted:
    return "redacted";
  case change::defaulted:
    return "defaulted";
  }
  return "none";
}

bool has_errors(const std::vector<finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](auto& x) { return x.level == severity::error; });
}

bool forbids(const finding& x) {
  return x.level == severity::error || x.done == change::stripped ||
         x.done == change::redacted;
}

} // namespace signalbox
