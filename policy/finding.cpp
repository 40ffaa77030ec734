#include "policy/finding.hpp"

#include <algorithm>

namespace signalbox {

std::string_view to_string(severity x) {
  switch (x) {
  case severity::error:
    return "error";
  case severity::warning:
    return "warning";
  }
  return "error";
}

bool has_errors(const std::vector<finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](auto& x) { return x.level == severity::error; });
}

} // namespace signalbox
