#include "app/command_line.hpp"

#include <exception>
#include <ostream>
#include <sstream>

#include <boost/json/object.hpp>

#include "app/audit_command.hpp"
#include "app/commands.hpp"
#include "app/options.hpp"
#include "app/terminal_text.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace {

exit_code run_version(const invocation& x) {
  command_options options{"version", "", "Shows the version."};
  options.add()("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  if (options.has("json"))
    x.out << to_canonical(json::object{{"version", SIGNALBOX_VERSION}}) << '\n';
  else
    x.out << "signalbox " SIGNALBOX_VERSION "\n";
  return exit_code::ok;
}

void print_help(std::ostream& out) {
  out << "Signalbox serves signed, policy-checked configuration to MCP "
         "clients.\n\nUsage: signalbox COMMAND [arguments]\n"
         "       signalbox help COMMAND\n\nCommands:\n";
  for (auto& x : commands())
    out << "  " << x.name << std::string(13 - x.name.size(), ' ') << x.summary
        << '\n';
  out << "\nEvery command takes --json for output that programs read.\n\n"
         "Environment:\n"
         "  SIGNALBOX_URL         server of the client commands "
         "(http://127.0.0.1:8470)\n"
         "  SIGNALBOX_CA_FILE     certificates to trust with https; --ca-file "
         "goes first\n"
         "  SIGNALBOX_TOKEN       bearer token; --token-file goes first\n"
         "  SIGNALBOX_PASSPHRASE  of the node's keys, where no "
         "--passphrase-file is given\n\nExit codes:\n";
  for (int i = 0; i <= static_cast<int>(exit_code::unavailable); ++i)
    out << "  " << i << "  " << describe(static_cast<exit_code>(i)) << '\n';
}

exit_code run_guarded(const command_entry& command, const invocation& x) {
  try {
    const auto out = command.run(x);
    // A full disk behind the output must not look like success.
    if (x.out.flush(); !x.out && out == exit_code::ok)
      return report(x, {errc::io, "the output could not be written"});
    return out;
  } catch (const std::exception& e) {
    return report(x, {errc::bug, e.what()});
  }
}

/// What people read is made visible on the way; programs get exact bytes.
exit_code run(const command_entry& command, const invocation& x) {
  auto rest = x.rest();
  if (wants_json(rest))
    return run_guarded(command, rest);
  visible_output out_buffer{x.out}, err_buffer{x.err};
  std::ostream out{&out_buffer}, err{&err_buffer};
  err << std::unitbuf;
  return run_guarded(command, {rest.arguments, out, err, rest.shape});
}

} // namespace

std::span<const command_entry> commands() {
  static const command_entry all[] = {
      {"ledger", "make a ledger, join one, or say that it came back",
       run_ledger},
      {"serve", "serve a ledger over HTTP", run_serve},
      {"clients", "list the client families", run_clients},
      {"families", "list, check, put and sync client families", run_families},
      {"templates", "list, get and put templates of drafts", run_templates},
      {"profiles", "list the profiles of a client, or put one", run_profiles},
      {"policies", "list, put, bind and test policy sets", run_policies},
      {"get", "fetch the current artifact of a profile", run_get},
      {"diff", "compare an artifact with the current one", run_diff},
      {"watch", "show changes as they come", run_watch},
      {"validate", "check a draft without publishing it", run_validate},
      {"publish", "check, seal and release a draft", run_publish},
      {"revert", "make a former artifact current again", run_revert},
      {"reseal", "sign a current artifact with the active key", run_reseal},
      {"audit", "list and export what was released and changed", run_audit},
      {"report", "report what became of an artifact", run_report},
      {"deployments", "count clients by what they reported", run_deployments},
      {"verify", "verify artifacts from files, offline", run_verify},
      {"keys", "list, rotate, retire and revoke signing keys", run_keys},
      {"keysets", "fetch the chain of keysets", run_keysets},
      {"tokens", "list, issue and revoke bearer tokens", run_tokens},
      {"nodes", "list, add and remove the nodes of a ledger", run_nodes},
      {"call", "call any operation by its name", run_call},
      {"completion", "completion of these words for a shell", run_completion},
      {"replay", "fold the log from nothing and compare", run_replay},
      {"log", "move, back up, verify and dump logs", run_log},
      {"version", "show the version", run_version},
  };
  return all;
}

void describe_words(const invocation& x, std::span<const command_entry> words) {
  for (auto& entry : words) {
    command_shape shape{std::string{entry.name}, std::string{entry.summary}};
    entry.run({{}, x.out, x.err, &shape});
    x.shape->words.push_back(std::move(shape));
  }
}

command_shape describe_commands() {
  std::ostringstream nowhere; // a command that only describes itself is silent
  command_shape out{"signalbox", ""};
  out.options = {{"help", "h", "show the commands"},
                 {"version", "", "show the version"}};
  describe_words({{}, nowhere, nowhere, &out}, commands());
  return out;
}

exit_code run_subcommand(const invocation& x, std::string_view command,
                         std::span<const command_entry> words) {
  if (x.shape != nullptr) {
    describe_words(x, words);
    return exit_code::ok;
  }
  const auto word = x.arguments.empty() ? "" : x.arguments.front();
  for (auto& entry : words)
    if (entry.name == word)
      return entry.run(x.rest());
  if (word != "--help" && word != "-h")
    return report_usage(x, command,
                        word.empty() || word.starts_with('-')
                            ? "a word is missing"
                            : "there is no word '" + word + '\'');
  x.out << "Usage: signalbox " << command << " WORD [arguments]\n";
  for (auto& entry : words)
    x.out << "  " << entry.name << std::string(13 - entry.name.size(), ' ')
          << entry.summary << '\n';
  return exit_code::ok;
}

exit_code run_command_line(const invocation& x) {
  const auto word = x.arguments.empty() ? "" : x.arguments.front();
  if (word == "help" && x.arguments.size() > 1) {
    std::vector<std::string> words{x.arguments.begin() + 1, x.arguments.end()};
    words.push_back("--help");
    return run_command_line({std::move(words), x.out, x.err});
  }
  if (word == "--help" || word == "-h" || word == "help") {
    print_help(x.out);
    return exit_code::ok;
  }
  static constexpr command_entry version{"version", "", run_version};
  if (word == "--version")
    return run(version, x);
  for (auto& command : commands())
    if (command.name == word)
      return run(command, x);
  return report_usage(x, "",
                      word.empty() || word.starts_with('-')
                          ? "no command was given"
                          : "there is no command '" + word + '\'');
}

} // namespace signalbox
