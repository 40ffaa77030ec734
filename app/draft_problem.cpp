#include "app/draft_problem.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/stream_parser.hpp>

#include "events/json.hpp"
#include "events/utf8.hpp"

namespace signalbox {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr auto nowhere = std::string_view::npos;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// `:LINE:COLUMN` of an offset.
std::string place_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto last = before.rfind('\n');
  const auto row = before.substr(last == nowhere ? 0 : last + 1);
  const auto column =
      std::count_if(row.begin(), row.end(),
                    [](char c) { return !is_continuation(c); }) +
      1;
  return ':' + std::to_string(line) + ':' + std::to_string(column);
}

/// Where the text stops to be UTF-8: the end of its longest valid prefix.
std::size_t first_bad_byte(std::string_view text) {
  std::size_t good = 0, bad = text.size();
  while (good < bad) {
    const auto middle = good + (bad - good + 1) / 2;
    auto end = middle; // not inside a character
    while (end > good && end < text.size() && is_continuation(text[end]))
      --end;
    if (is_utf8(text.substr(0, end)) && end > good)
      good = end;
    else
      bad = middle - 1;
  }
  return good;
}

/// Where a parser stops; nowhere if it does not.
std::size_t syntax_error_at(std::string_view text) {
  json::stream_parser parser;
  json::error_code error;
  const auto read = parser.write_some(text.data(), text.size(), error);
  if (error)
    return read;
  if (!parser.done())
    return text.size();
  const auto rest = text.find_first_not_of(blanks, read);
  return rest;
}

std::optional<std::string_view> encoding_problem(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    return "begins with a byte order mark: save it as UTF-8 without one";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return "is UTF-16: save it as UTF-8";
  return std::nullopt;
}

/// `[table]`, `# comment` or `key = value` where JSON begins with a brace.
bool looks_like_toml(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto line = text.substr(0, text.find('\n'));
  if (line.starts_with('{') || line.starts_with('"'))
    return false;
  if (line.starts_with('['))
    return line.size() > 1 && ((line[1] >= 'a' && line[1] <= 'z') ||
                               (line[1] >= 'A' && line[1] <= 'Z') ||
                               line[1] == '[' || line[1] == '_');
  const bool has_table = text.find("\n[") != nowhere;
  return line.find(" = ") != nowhere || (line.starts_with('#') && has_table);
}

/// `---`, `- element`, `key:` or `key: value` where JSON begins with a brace.
bool looks_like_yaml(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto line = text.substr(0, text.find_first_of("\r\n"));
  if (line.find_first_of("{[\"'") == 0)
    return false;
  return line.starts_with("---") || line.starts_with("- ") ||
         line.ends_with(':') || line.find(": ") != nowhere;
}

/// What usually stands where a parser stops.
std::string_view usual_cause(std::string_view text, std::size_t offset) {
  if (text.find_first_not_of(blanks) == nowhere)
    return "the file is empty";
  if (looks_like_toml(text))
    return "this looks like TOML: a draft is JSON, also where the client's own "
           "file is TOML; `signalbox get --rendered` shows it as TOML";
  if (looks_like_yaml(text))
    return "this looks like YAML: a draft is JSON, also where the client's own "
           "file is YAML; `signalbox get --rendered` shows it as YAML";
  if (offset >= text.size())
    return "the text ends too early: a brace, a bracket or a quote is missing";
  const auto before =
      text.find_last_not_of(blanks, offset == 0 ? 0 : offset - 1);
  const char here = text[offset];
  // A parser may stop at the slash or behind it.
  const bool slash = here == '/' || (offset > 0 && text[offset - 1] == '/');
  if (slash || here == '#')
    return "comments are no part of JSON: take them out";
  if ((here == '}' || here == ']') && offset > 0 && before != nowhere &&
      text[before] == ',')
    return "a comma too many before the closing brace or bracket";
  if (here == '\'')
    return "JSON takes double quotes only";
  return "not JSON";
}

} // namespace

failure explain_draft(const std::string& file, std::string_view text,
                      const failure& why) {
  if (why.code != errc::bad_json)
    return {why.code, file + ": " + why.message, why.pointer};
  if (auto problem = encoding_problem(text))
    return {why.code, file + ": " + std::string{*problem}};
  if (!is_utf8(text))
    return {why.code, file + place_of(text, first_bad_byte(text)) +
                          ": not UTF-8 from here on: save it as UTF-8"};
  const auto offset = syntax_error_at(text);
  if (offset == nowhere) // well formed, but not strict
    return {why.code, file + ": " + why.message, why.pointer};
  return {why.code, file + place_of(text, offset) + ": " +
                        std::string{usual_cause(text, offset)}};
}

} // namespace signalbox
