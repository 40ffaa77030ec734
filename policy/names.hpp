#pragma once

#include <string_view>

namespace signalbox {

/// A client_id, profile or policy set id: ^[a-z0-9][a-z0-9-]{0,62}$. Keeps
/// traversal and odd ids out of paths, keys and the log (C8).
constexpr bool is_name(std::string_view x) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  if (x.empty() || x.size() > 63 || !plain(x.front()))
    return false;
  for (char c : x)
    if (!plain(c) && c != '-')
      return false;
  return true;
}

} // namespace signalbox
