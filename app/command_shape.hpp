#pragma once

#include <string>
#include <vector>

namespace signalbox {

/// An option as a command declared it.
struct option_shape {
  std::string name;   ///< `output`
  std::string letter; ///< `o`, or empty
  std::string help;
  bool takes_value = false;
};

/// A command with its options and, if it has them, its words.
struct command_shape {
  std::string name;
  std::string summary;
  std::vector<option_shape> options = {};
  std::vector<command_shape> words = {};
};

} // namespace signalbox
