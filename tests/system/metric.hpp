#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// A number that the node's metrics give.
inline std::uint64_t metric(const node_process& node, const std::string& name) {
  const auto said = node.get("/metrics").body;
  const auto at = said.find('\n' + name + ' ');
  if (at == std::string::npos)
    throw std::runtime_error{"no metric " + name};
  return static_cast<std::uint64_t>(
      std::stod(said.substr(at + name.size() + 2)));
}

} // namespace signalbox::test
