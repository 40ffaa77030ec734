#include <algorithm>

#include <re2/re2.h>

#include "policy/checks.hpp"
#include "policy/command_lines.hpp"
#include "policy/packages.hpp"

namespace signalbox {

namespace {

using std::string_view;

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

bool is_pinned(string_view package, bool python) {
  static const RE2 node{"(?:@[\\w.~-]+/)?[\\w.~-]+@[0-9]+\\.[0-9]+\\.[0-9]+"
                        "(?:[-+][0-9A-Za-z.+-]+)?"};
  static const RE2 pip{"[\\w.-]+(?:\\[[\\w.,-]+\\])?(?:==|@)"
                       "[0-9][0-9A-Za-z.+!_-]*"};
  if (is_local_package(package))
    return true; // it is fetched from nowhere
  return RE2::FullMatch(re2::StringPiece{package.data(), package.size()},
                        python ? pip : node);
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
    for (auto& x : packages_of(line))
      if (!is_pinned(x.text, x.python))
        out.push_back({payload.pointer(x.at)});
  return out;
}

} // namespace signalbox
