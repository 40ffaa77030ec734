#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/command_line.hpp"
#include "app/completion.hpp"
#include "app/options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace {

using writer = std::string (*)(const command_shape&);

exit_code print(const invocation& x, const char* command, const char* where,
                writer write) {
  command_options options{command, "", where};
  options.add()("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto script = write(describe_commands());
  if (options.has("json"))
    x.out << to_canonical(json::object{{"script", std::move(script)}}) << '\n';
  else
    x.out << script;
  return exit_code::ok;
}

exit_code print_bash(const invocation& x) {
  return print(x, "completion bash",
               "Prints the completion for bash. In ~/.bashrc:\n"
               "  source <(signalbox completion bash)",
               complete_bash);
}

exit_code print_zsh(const invocation& x) {
  return print(x, "completion zsh",
               "Prints the completion for zsh. In ~/.zshrc, after compinit:\n"
               "  source <(signalbox completion zsh)",
               complete_zsh);
}

exit_code print_fish(const invocation& x) {
  return print(x, "completion fish",
               "Prints the completion for fish. Once:\n  signalbox completion "
               "fish > ~/.config/fish/completions/signalbox.fish",
               complete_fish);
}

} // namespace

exit_code run_completion(const invocation& x) {
  static constexpr command_entry words[] = {
      {"bash", "the script for bash", print_bash},
      {"zsh", "the script for zsh", print_zsh},
      {"fish", "the script for fish", print_fish},
  };
  return run_subcommand(x, "completion", words);
}

} // namespace signalbox
