#pragma once

#include <span>
#include <string_view>

#include "app/invocation.hpp"

namespace signalbox {

/// One word of the program.
struct command_entry {
  std::string_view name;
  std::string_view summary; ///< one line for `--help`
  exit_code (*run)(const invocation& x);
};

/// All commands, in the order in which `--help` shows them.
std::span<const command_entry> commands();

/// Adds these words to the description that is asked for (`x.shape`).
void describe_words(const invocation& x, std::span<const command_entry> words);

/// All commands with their words and options, as they declare them.
command_shape describe_commands();

/// Runs the word of a command such as `tokens` that the first argument names.
exit_code run_subcommand(const invocation& x, std::string_view command,
                         std::span<const command_entry> words);

/// Runs the command that the first argument names. Whatever it throws is
/// reported as a failure (1).
exit_code run_command_line(const invocation& x);

} // namespace signalbox
