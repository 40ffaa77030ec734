#include "app/completion.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "app/command_line.hpp"
#include "tests/app/program.hpp"
#include "tests/system/child_process.hpp"

using namespace signalbox;
using test::run;

namespace {

using words = std::vector<std::string>;

std::set<std::string> split(const std::string& text) {
  std::istringstream in{text};
  return {std::istream_iterator<std::string>{in}, {}};
}

/// A bash that has read the script and completes what it is asked.
class bash {
 public:
  bash() { write_text(script_, run({"completion", "bash"}).out); }

  /// What bash offers where the last of the words is being typed.
  std::set<std::string> complete(const words& typed) const {
    std::string code = "source " + script_.string() + "\nCOMP_WORDS=(signalbox";
    for (auto& x : typed)
      code += " '" + x + '\'';
    code += ")\nCOMP_CWORD=" + std::to_string(typed.size()) +
            "\n_signalbox\necho \"${COMPREPLY[@]}\"\n";
    const test::command_line shell{
        {"bash", "--norc", "-u", "-c", code}, {}, place_.path()};
    const auto done = test::run(shell);
    BOOST_REQUIRE_MESSAGE(done.status == 0 && done.err.empty(), done.err);
    return split(done.out);
  }

 private:
  temporary_directory place_;
  std::filesystem::path script_ = place_ / "completion.bash";
};

/// The options that a command's help shows, such as `--url`.
std::set<std::string> options_in_help(words command) {
  command.push_back("--help");
  std::set<std::string> out;
  std::istringstream lines{run(command).out};
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find("--");
    if (line.starts_with("  -") && at != std::string::npos)
      out.insert(line.substr(at, line.find_first_of(" ]", at) - at));
  }
  return out;
}

void check_place(const bash& shell, const words& place,
                 const command_shape& shape) {
  auto typed = place;
  typed.push_back("");
  const auto offered = shell.complete(typed);
  for (auto& word : shape.words)
    BOOST_TEST(offered.contains(word.name), word.name);
  if (shape.words.empty())
    for (auto& option : options_in_help(place))
      BOOST_TEST(offered.contains(option), option);
  for (auto& word : shape.words) {
    auto below = place;
    below.push_back(word.name);
    BOOST_TEST_CONTEXT(word.name) {
      check_place(shell, below, word);
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(
    bash_completes_every_command_and_every_option_of_its_help) {
  const auto root = describe_commands();
  BOOST_TEST(root.words.size() == commands().size());
  check_place(bash{}, {}, root);
}

BOOST_AUTO_TEST_CASE(bash_completes_what_is_begun) {
  const bash shell;
  BOOST_TEST(shell.complete({"rev"}) == (std::set<std::string>{"revert"}));
  BOOST_TEST(shell.complete({"keys", "rot"}) ==
             (std::set<std::string>{"rotate"}));
  BOOST_TEST(shell.complete({"get", "codex", "default", "--rend"}) ==
             (std::set<std::string>{"--rendered"}));
  BOOST_TEST(shell.complete({"publish", "x", "y", "--change"}) ==
             (std::set<std::string>{"--changelog"}));
}

BOOST_AUTO_TEST_CASE(bash_offers_no_words_where_a_value_or_a_file_stands) {
  const bash shell;
  BOOST_TEST(shell.complete({"get", "--output", ""}).empty());
  BOOST_TEST(shell.complete({"get", "-o", "g"}).empty());
  BOOST_TEST(shell.complete({"verify", "arti"}).empty());
  // A value that is spelt like a command changes nothing.
  BOOST_TEST(shell.complete({"get", "serve", "--rend"}) ==
             (std::set<std::string>{"--rendered"}));
}

BOOST_AUTO_TEST_CASE(a_command_that_describes_itself_says_nothing_else) {
  std::ostringstream out, err;
  command_shape shape;
  run_command_line({{"get"}, out, err, &shape});
  BOOST_TEST(out.str() == "");
  BOOST_TEST(err.str() == "");
  BOOST_REQUIRE(!shape.options.empty());
  const auto named = [&](const char* name) {
    return *std::find_if(shape.options.begin(), shape.options.end(),
                         [&](auto& x) { return x.name == name; });
  };
  BOOST_TEST(named("output").letter == "o");
  BOOST_TEST(named("output").takes_value);
  BOOST_TEST(!named("rendered").takes_value);
}

BOOST_AUTO_TEST_CASE(zsh_and_fish_get_every_word_and_option_too) {
  const auto zsh = run({"completion", "zsh"}).out;
  const auto fish = run({"completion", "fish"}).out;
  for (auto& command : describe_commands().words) {
    BOOST_TEST(zsh.find("names+=('" + command.name + ':') != std::string::npos);
    BOOST_TEST(fish.find(" -a " + command.name + " -d '") != std::string::npos);
    for (auto& option : command.options) {
      BOOST_TEST(zsh.find("options+=('--" + option.name + ':') !=
                 std::string::npos);
      BOOST_TEST(fish.find("\"__signalbox_at ' " + command.name + "'\" -l " +
                           option.name) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
