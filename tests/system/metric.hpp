#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// A number in what a node answered for /metrics.
inline std::uint64_t metric_in(const answer& said, const std::string& name) {
  const auto at = said.body.find('\n' + name + ' ');
  if (at == std::string::npos)
    throw std::runtime_error{"no metric " + name};
  return static_cast<std::uint64_t>(
      std::stod(said.body.substr(at + name.size() + 2)));
}

inline std::uint64_t metric(const node_process& node, const std::string& name) {
  return metric_in(node.get("/metrics"), name);
}

} // namespace signalbox::test
