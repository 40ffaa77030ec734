#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/family.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// One program with its arguments, as a payload starts it.
struct command_line {
  struct word {
    std::size_t at; ///< the node that it stands in
    std::string_view text;
  };
  std::vector<word> words; ///< the program first
};

/// The command lines of a payload: each command with the arguments that stand
/// beside it in the same server.
std::vector<command_line> command_lines(const family& client,
                                        const json_nodes& payload);

/// The command line that `cmd /c` or `env` (GNU coreutils, its options and
/// assignments passed over) starts in the end; nothing if it starts with
/// neither.
std::optional<command_line> unwrapped(const command_line& line);

/// The program's name in lower case without its folder, .exe, .cmd or .bat.
std::string program_name(std::string_view text);

} // namespace signalbox
