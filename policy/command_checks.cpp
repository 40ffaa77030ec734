#include <algorithm>
#include <array>
#include <span>

#include <re2/re2.h>

#include "policy/checks.hpp"
#include "policy/command_lines.hpp"

namespace signalbox {

namespace {

using std::string_view;
using words = std::span<const command_line::word>;

bool runs_a_download(string_view text) {
  static const RE2 pattern{
      "(?is)(?:\\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\\b"
      ".*\\|\\s*(?:sudo\\s+(?:-\\S+\\s+)*)?(?:env\\s+)?(?:[\\w./\\\\-]*[/"
      "\\\\])?"
      "(?:(?:ba|z|da|k|fi|c)?sh|iex|invoke-expression|python[0-9.]*|node|perl|"
      "ruby|php|pwsh|powershell|bun|deno)\\b)|"
      "(?:(?:\\b(?:ba|z|da|k)?sh\\s+(?:-\\S+\\s+)*|\\bsource\\s+|\\beval\\s+)"
      "[\"']?(?:<\\(|\\$\\(|`)\\s*(?:curl|wget)\\b)|"
      "(?:\\b(?:iex|invoke-expression)\\b[\\s(\"'&{]*"
      "(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|new-object|"
      "\\(?new-object)\\b)"};
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, pattern);
}

std::string joined(const command_line& line) {
  std::string out;
  for (auto& word : line.words) {
    out += word.text;
    out += ' ';
  }
  return out;
}

/// How a program that fetches packages is called.
struct fetcher {
  string_view program;
  string_view verb; ///< the argument that makes it fetch; empty for none
  bool python = false;
};

constexpr std::array<fetcher, 11> fetchers{{
    {"npx", ""},
    {"bunx", ""},
    {"pnpx", ""},
    {"npm", "exec"},
    {"npm", "x"},
    {"pnpm", "dlx"},
    {"yarn", "dlx"},
    {"bun", "x"},
    {"uvx", "", true},
    {"pipx", "run", true},
    {"uv", "tool", true},
}};

/// Options whose argument is a package.
constexpr std::array<string_view, 5> package_options{
    "-p", "--package", "--from", "--spec", "--with"};

/// Options that take another next argument.
constexpr std::array<string_view, 18> value_options{"-c",
                                                    "--call",
                                                    "--registry",
                                                    "--cache",
                                                    "--prefix",
                                                    "--userconfig",
                                                    "-w",
                                                    "--workspace",
                                                    "--python",
                                                    "--index-url",
                                                    "--index",
                                                    "--default-index",
                                                    "--extra-index-url",
                                                    "--directory",
                                                    "--project",
                                                    "--cache-dir",
                                                    "--pip-args",
                                                    "--node-options"};

template <std::size_t N>
bool one_of(const std::array<string_view, N>& xs, string_view x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

bool is_pinned(string_view package, bool python) {
  static const RE2 node{"(?:@[\\w.~-]+/)?[\\w.~-]+@[0-9]+\\.[0-9]+\\.[0-9]+"
                        "(?:[-+][0-9A-Za-z.+-]+)?"};
  static const RE2 pip{"[\\w.-]+(?:\\[[\\w.,-]+\\])?(?:==|@)"
                       "[0-9][0-9A-Za-z.+!_-]*"};
  if (package.starts_with('.') || package.starts_with('/') ||
      package.starts_with("~/") || package.starts_with("file:"))
    return true; // a local path is fetched from nowhere
  return RE2::FullMatch(re2::StringPiece{package.data(), package.size()},
                        python ? pip : node);
}

/// The nodes of packages without an exact version in the arguments.
std::vector<std::size_t> unpinned_in(words arguments, bool python) {
  std::vector<std::size_t> out;
  bool named = false;
  auto judge = [&](std::size_t at, string_view package) {
    if (!is_pinned(package, python))
      out.push_back(at);
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto [at, text] = arguments[i];
    auto sign = text.starts_with("--") ? text.find('=') : string_view::npos;
    auto option = text.substr(0, sign);
    bool takes_package =
        one_of(package_options, option) && !(python && option == "-p");
    if (takes_package && sign != string_view::npos) {
      judge(at, text.substr(sign + 1));
      named = named || option != "--with";
    } else if (takes_package && i + 1 < arguments.size()) {
      ++i;
      judge(arguments[i].at, arguments[i].text);
      named = named || option != "--with";
    } else if (sign == string_view::npos &&
               (one_of(value_options, text) || (python && text == "-p"))) {
      ++i;
    } else if (!text.starts_with('-')) {
      if (!named)
        judge(at, text);
      break; // what follows belongs to the package
    }
  }
  return out;
}

/// The words after `cmd /c`, which Windows needs before npx.
words without_wrapper(words line) {
  auto is_switch = [](string_view x) { return x == "/c" || x == "/C"; };
  if (line.size() > 2 && program_name(line[0].text) == "cmd" &&
      is_switch(line[1].text))
    return line.subspan(2);
  return line;
}

std::vector<std::size_t> unpinned_of(words line) {
  line = without_wrapper(line);
  auto program = program_name(line[0].text);
  for (auto& x : fetchers) {
    if (x.program != program)
      continue;
    auto arguments = line.subspan(1);
    if (x.verb.empty())
      return unpinned_in(arguments, x.python);
    if (arguments.empty() || arguments[0].text != x.verb)
      continue;
    bool nested = program == "uv" && arguments.size() > 1;
    if (nested && arguments[1].text != "run")
      return {};
    return unpinned_in(arguments.subspan(nested ? 2 : 1), x.python);
  }
  return {};
}

} // namespace

std::vector<hit> find_pipe_to_shell(const family& client,
                                    const json_nodes& payload) {
  std::vector<hit> out;
  for (auto& line : command_lines(client, payload)) {
    if (!runs_a_download(joined(line)))
      continue;
    // The word itself if it says all, else the command.
    auto found = std::find_if(line.words.begin(), line.words.end(),
                              [](auto& x) { return runs_a_download(x.text); });
    auto& at = found == line.words.end() ? line.words.front() : *found;
    out.push_back({payload.pointer(at.at)});
  }
  return out;
}

std::vector<hit> find_unpinned_packages(const family& client,
                                        const json_nodes& payload) {
  std::vector<hit> out;
  for (auto& line : command_lines(client, payload))
    for (auto at : unpinned_of(line.words))
      out.push_back({payload.pointer(at)});
  return out;
}

} // namespace signalbox
