#include "policy/packages.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "policy/glob.hpp"

namespace signalbox {

namespace {

using std::string_view;
using words = std::span<const command_line::word>;

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

std::vector<fetched_package> packages_in(words arguments, bool python) {
  std::vector<fetched_package> out;
  bool named = false;
  auto take = [&](std::size_t at, string_view package) {
    out.push_back({at, package, python});
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto [at, text] = arguments[i];
    auto sign = text.starts_with("--") ? text.find('=') : string_view::npos;
    auto option = text.substr(0, sign);
    bool takes_package =
        one_of(package_options, option) && !(python && option == "-p");
    if (takes_package && sign != string_view::npos) {
      take(at, text.substr(sign + 1));
      named = named || option != "--with";
    } else if (takes_package && i + 1 < arguments.size()) {
      ++i;
      take(arguments[i].at, arguments[i].text);
      named = named || option != "--with";
    } else if (sign == string_view::npos &&
               (one_of(value_options, text) || (python && text == "-p"))) {
      ++i;
    } else if (!text.starts_with('-')) {
      if (!named)
        take(at, text);
      break; // what follows belongs to the package
    }
  }
  return out;
}

} // namespace

std::vector<fetched_package> packages_of(const command_line& of) {
  const auto inner = unwrapped(of);
  const words line{inner ? inner->words : of.words};
  auto program = program_name(line[0].text);
  for (auto& x : fetchers) {
    if (x.program != program)
      continue;
    auto arguments = line.subspan(1);
    if (x.verb.empty())
      return packages_in(arguments, x.python);
    if (arguments.empty() || arguments[0].text != x.verb)
      continue;
    bool nested = program == "uv" && arguments.size() > 1;
    if (nested && arguments[1].text != "run")
      return {};
    return packages_in(arguments.subspan(nested ? 2 : 1), x.python);
  }
  return {};
}

bool is_local_package(string_view text) {
  return text.starts_with('.') || text.starts_with('/') ||
         text.starts_with("~/") || text.starts_with("file:");
}

std::string python_name(string_view text) {
  std::string out;
  bool gap = false;
  for (char c : text) {
    bool separates = c == '-' || c == '_' || c == '.';
    if (!separates)
      out += c;
    else if (!gap)
      out += '-';
    gap = separates;
  }
  return lower_case(out);
}

package_name parse_package(string_view text, bool python) {
  auto end = python ? text.find_first_of("[=<>!~;@ ")
                    : text.find('@', text.starts_with('@') ? 1 : 0);
  auto name = text.substr(0, end);
  auto rest = end == string_view::npos ? string_view{} : text.substr(end);
  if (!python && rest.starts_with("@npm:"))
    return parse_package(rest.substr(5), false);
  auto slashes = std::count(name.begin(), name.end(), '/');
  bool scoped = !python && name.starts_with('@') && slashes == 1;
  if (is_local_package(text) || (slashes > 0 && !scoped) ||
      name.find(':') != string_view::npos ||
      rest.find_first_of(":/") != string_view::npos)
    return {"other:" + (python ? python_name(text) : lower_case(text)), {}};
  if (rest.starts_with('[')) // extras
    rest.remove_prefix(std::min(rest.find(']'), rest.size() - 1) + 1);
  for (auto sign : {"==", "@"})
    if (rest.starts_with(sign)) {
      rest.remove_prefix(string_view{sign}.size());
      break;
    }
  return {python ? python_name(name) : lower_case(name), std::string{rest}};
}

} // namespace signalbox
