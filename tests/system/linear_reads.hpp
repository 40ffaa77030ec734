#pragma once

#include <string>

#include "tests/system/node_process.hpp"

namespace signalbox::test {

inline std::string linear_path(const std::string& client,
                               const std::string& profile = "default") {
  return config_path(client, profile) + "?consistency=linear";
}

} // namespace signalbox::test
