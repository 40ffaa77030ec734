#pragma once

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace signalbox::test {

// What the documents say, for tests that hold them to it.

/// Every Markdown file of the repository.
inline std::vector<std::filesystem::path>
documents_below(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  std::vector<fs::path> out;
  for (fs::recursive_directory_iterator i{root}, end; i != end; ++i) {
    const auto name = i->path().filename().string();
    const bool foreign = name == "build" || name == "node_modules" ||
                         name == "data" || name.starts_with('.');
    if (i->is_directory() && foreign)
      i.disable_recursion_pending();
    else if (i->path().extension() == ".md")
      out.push_back(i->path());
  }
  return out;
}

/// Targets of links to files, without their fragment.
inline std::vector<std::string> links_in(const std::string& text) {
  static const std::regex link{R"(\]\(([^)#\s]+)(#[^)]*)?\))"};
  std::vector<std::string> out;
  for (std::sregex_iterator i{text.begin(), text.end(), link}, end; i != end;
       ++i)
    if (const std::string target = (*i)[1];
        target.find("://") == std::string::npos)
      out.push_back(target);
  return out;
}

/// Texts between backticks.
inline std::vector<std::string> code_in(const std::string& text) {
  static const std::regex code{"`([^`]+)`"};
  std::vector<std::string> out;
  for (std::sregex_iterator i{text.begin(), text.end(), code}, end; i != end;
       ++i)
    out.push_back((*i)[1]);
  return out;
}

/// A call of the program as a document prints it.
struct printed_command {
  std::string text;
  std::vector<std::string> path;    ///< lower-case words before all else
  std::vector<std::string> options; ///< each with its hyphens
  bool named = true;                ///< begins with `signalbox`
};

inline printed_command read_command(const std::string& text) {
  static const std::regex word{"[a-z]+"};
  static const std::regex option{"--[a-z][a-z-]*"};
  printed_command out{text, {}, {}, false};
  std::istringstream words{text};
  words >> std::ws;
  bool leading = true;
  for (std::string x; words >> x && x != "#";) {
    if (x == "signalbox") {
      out.named = true;
      continue;
    }
    leading = leading && std::regex_match(x, word);
    if (leading)
      out.path.push_back(x);
    if (std::regex_match(x, option))
      out.options.push_back(x);
  }
  return out;
}

/// Calls of `signalbox` in lines of code and between backticks; there also
/// those without its name that have an option.
inline std::vector<printed_command> commands_in(const std::string& text) {
  static const std::regex unnamed{R"([a-z]+( [a-z]+)? --[a-z].*)"};
  std::vector<printed_command> out;
  const auto add = [&](const std::string& x) {
    if (auto y = read_command(x); !y.path.empty())
      out.push_back(std::move(y));
  };
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(' ');
    if (first != std::string::npos &&
        line.substr(first).starts_with("signalbox "))
      add(line);
    for (auto& code : code_in(line))
      if (code.starts_with("signalbox ") || std::regex_match(code, unnamed))
        add(code);
  }
  return out;
}

/// Cells of every table row but headings and rules.
inline std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  std::vector<std::vector<std::string>> out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("|--")) {
      out.pop_back(); // the heading
      continue;
    }
    if (!line.starts_with("| "))
      continue;
    auto& row = out.emplace_back();
    std::istringstream cells{line.substr(1)};
    for (std::string cell; std::getline(cells, cell, '|');) {
      const auto begin = cell.find_first_not_of(' ');
      const auto end = cell.find_last_not_of(' ');
      row.push_back(begin == std::string::npos
                        ? ""
                        : cell.substr(begin, end - begin + 1));
    }
  }
  return out;
}

} // namespace signalbox::test
