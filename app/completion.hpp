#pragma once

#include <string>

#include "app/command_shape.hpp"

namespace signalbox {

// Scripts that complete commands, words and options in a shell. What an option
// takes, and what no command knows, completes as file names. `root` holds the
// commands as its words.

std::string complete_bash(const command_shape& root);
std::string complete_zsh(const command_shape& root);
std::string complete_fish(const command_shape& root);

} // namespace signalbox
