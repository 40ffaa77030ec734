#include "policy/access.hpp"

namespace signalbox {

std::string_view to_string(role x) {
  switch (x) {
  case role::reader:
    return "reader";
  case role::publisher:
    return "publisher";
  case role::operator_role:
    return "operator";
  case role::auditor:
    return "auditor";
  case role::administrator:
    return "administrator";
  case role::node:
    return "node";
  }
  return "unknown";
}

std::optional<role> role_from_string(std::string_view text) {
  for (auto x : {role::reader, role::publisher, role::operator_role,
                 role::auditor, role::administrator, role::node})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

} // namespace signalbox
