#include "policy/schema_patterns.hpp"

#include "policy/defaults.hpp"
#include "policy/pattern_cost.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <re2/re2.h>

namespace signalbox {

namespace {

bool is_reference(std::string_view key) {
  return key == "$ref" || key == "$dynamicRef" || key == "$recursiveRef";
}

failure refuse(const json_nodes& schema, std::size_t i, const char* why) {
  return {errc::bad_request, why, schema.pointer(i)};
}

/// What RE2, by which patterns are judged, and the library, by which payloads
/// are, read in different ways: nullptr if there is nothing of that.
const char* find_ambiguity(std::string_view pattern) {
  constexpr std::string_view escapes = "dDwWsSbBfnrtvx";
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (pattern[i] == '\\') {
      const bool letter = std::isalnum(static_cast<unsigned char>(next)) != 0;
      const bool braced =
          next == 'x' && i + 2 < pattern.size() && pattern[i + 2] == '{';
      if (braced || (letter && escapes.find(next) == escapes.npos))
        return "of the escapes with a letter only \\d \\D \\w \\W \\s \\S \\b "
               "\\B \\f \\n \\r \\t \\v and \\x are taken";
      ++i;
    } else if (in_class) {
      if (pattern[i] == '[' && (next == '.' || next == '='))
        return "write \\[ for a bracket inside of brackets";
      if (pattern[i] == '[' && next == ':') // [:alpha:]
        i = std::min(pattern.find(":]", i), pattern.size() - 2) + 1;
      else
        in_class = pattern[i] != ']';
    } else if (pattern[i] == '[') {
      i += next == '^' ? 1 : 0;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']')
        return "write \\] for a bracket that stands first inside of brackets";
      in_class = true;
    }
  }
  return nullptr;
}

result<void> check_pattern(const json_nodes& schema, std::size_t i,
                           std::string_view pattern) {
  if (const auto* why = find_ambiguity(pattern))
    return refuse(schema, i, why);
  RE2::Options options;
  options.set_log_errors(false);
  if (!RE2{re2::StringPiece{pattern.data(), pattern.size()}, options}.ok())
    return refuse(schema, i,
                  "the pattern uses what RE2 does not know: write it without "
                  "look-around and back references");
  if (pattern_ways(pattern) > policy_defaults::max_pattern_ways)
    return refuse(schema, i,
                  "the pattern can match the same text in so many ways that "
                  "it may take for ever: let no repetition stand in or beside "
                  "another that takes the same characters, write [ab] for "
                  "(a|b), and begin with ^");
  return {};
}

/// End of a quantifier without an upper bound that starts at i, else i.
std::size_t skip_unbounded(std::string_view pattern, std::size_t i) {
  if (i >= pattern.size())
    return i;
  if (pattern[i] == '*' || pattern[i] == '+')
    return i + 1;
  auto end = pattern.find('}', i);
  if (pattern[i] == '{' && end != std::string_view::npos &&
      pattern[end - 1] == ',')
    return end + 1;
  return i;
}

std::size_t skip_class(std::string_view pattern, std::size_t i) {
  for (++i; i < pattern.size() && pattern[i] != ']'; ++i)
    if (pattern[i] == '\\')
      ++i;
  return i;
}

bool repeats_without_bound(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\')
      ++i;
    else if (pattern[i] == '[')
      i = skip_class(pattern, i);
    if (skip_unbounded(pattern, i + 1) > i + 1)
      return true;
  }
  return false;
}

/// The pattern that stands at i, as a value of `pattern` or as a key.
std::optional<std::string_view> pattern_at(const json_nodes& schema,
                                           std::size_t i) {
  if (!schema.is_member(i))
    return std::nullopt;
  if (schema[i].key == "pattern" && schema.is_text(i))
    return schema.text(i);
  if (schema[schema[i].parent].key == "patternProperties")
    return schema[i].key;
  return std::nullopt;
}

} // namespace

bool has_unbounded_pattern(const json_nodes& schema) {
  for (std::size_t i = 0; i < schema.size(); ++i)
    if (auto pattern = pattern_at(schema, i);
        pattern && repeats_without_bound(*pattern))
      return true;
  return false;
}

result<void> check_schema_text(const json_nodes& schema) {
  double states = 0;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (!schema.is_member(i))
      continue;
    auto key = schema[i].key;
    auto text = schema.text(i);
    // The library finds them wherever they stand, and references lead there.
    const bool names_itself = key == "$anchor" || key == "$dynamicAnchor" ||
                              (key == "$id" && schema[i].parent != 0);
    if (names_itself && schema.is_text(i))
      return refuse(schema, i,
                    "only the root of a schema may have a name, its $id");
    if (is_reference(key) && schema.is_text(i) && !text.starts_with('#'))
      return refuse(schema, i, "a reference must stay in the document: #/...");
    if (auto pattern = pattern_at(schema, i)) {
      if (auto checked = check_pattern(schema, i, *pattern); !checked)
        return checked;
      states += pattern_states(*pattern);
      if (states > policy_defaults::max_pattern_states)
        return refuse(schema, i,
                      "the patterns of this schema are too large together: "
                      "bound fewer repetitions, or by less");
    }
  }
  return {};
}

} // namespace signalbox
