#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "events/json.hpp"

namespace signalbox {

using json_member = std::pair<std::string_view, const json::value*>;

/// Members by the bytes of their keys: the order of every file that is
/// rendered. Views into `x`.
inline std::vector<json_member> sorted_members(const json::object& x) {
  std::vector<json_member> out;
  for (auto& m : x)
    out.emplace_back(std::string_view{m.key().data(), m.key().size()},
                     &m.value());
  std::sort(out.begin(), out.end(),
            [](auto& a, auto& b) { return a.first < b.first; });
  return out;
}

} // namespace signalbox
