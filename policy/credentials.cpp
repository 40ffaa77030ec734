#include "policy/credentials.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "policy/references.hpp"
#include "policy/sensitive_name.hpp"

namespace signalbox {

namespace {

using std::string_view;

constexpr std::size_t min_credential = 8;

re2::StringPiece piece(string_view text) {
  return {text.data(), text.size()};
}

string_view view(const re2::StringPiece& text) {
  return {text.data(), text.size()};
}

bool has_mark(string_view text) {
  return text.find(reference_mark) != string_view::npos;
}

/// Words in a sentence are no credential: that has a digit, padding, or upper
/// case after lower case.
bool looks_like_credential(string_view text) {
  if (text.size() < min_credential)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool upper = text[i] >= 'A' && text[i] <= 'Z';
    bool after_lower = i > 0 && text[i - 1] >= 'a' && text[i - 1] <= 'z';
    if ((text[i] >= '0' && text[i] <= '9') || text[i] == '=' ||
        (upper && after_lower))
      return true;
  }
  return false;
}

/// What is said of a password or a token in a sentence is a word; a secret has
/// letters and digits, or looks like a credential.
bool is_no_word(string_view value) {
  constexpr std::size_t least = 6;
  const auto has = [&](auto is) {
    return std::any_of(value.begin(), value.end(), is);
  };
  const bool letter = has(
      [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  const bool digit = has([](char c) { return c >= '0' && c <= '9'; });
  return letter &&
         ((digit && value.size() >= least) || looks_like_credential(value));
}

/// Whether a pattern of two groups, name and value, finds a secret.
bool has_pair(string_view text, const RE2& pattern) {
  auto rest = piece(text);
  re2::StringPiece name;
  re2::StringPiece value;
  while (RE2::FindAndConsume(&rest, pattern, &name, &value))
    if (is_sensitive_name(view(name)) &&
        !is_harmless_value(view(name), view(value)))
      return true;
  return false;
}

} // namespace

std::optional<string_view> find_userinfo(string_view blanked) {
  static const RE2 password{"://[^\\s/?#@:]*:([^\\s/?#@]+)@"};
  static const RE2 user{"(?i)\\b(?:https?|wss?)://([^\\s/?#@:]+)@"};
  if (blanked.find("://") == string_view::npos)
    return std::nullopt;
  for (auto* pattern : {&password, &user}) {
    auto rest = piece(blanked);
    re2::StringPiece found;
    while (RE2::FindAndConsume(&rest, *pattern, &found))
      if (view(found).find_first_not_of(reference_mark) != string_view::npos)
        return "url-credentials";
  }
  return std::nullopt;
}

std::optional<string_view> find_authorization(string_view blanked) {
  static const RE2 pattern{"(?i)(?:^|authorization[\"']?\\s?[:=]\\s?[\"']?)\\s*"
                           "(?:bearer|basic|token|bot)\\s+"
                           "([A-Za-z0-9+/_.~=-]+)"};
  re2::StringPiece found;
  if (RE2::PartialMatch(piece(blanked), pattern, &found) &&
      looks_like_credential(view(found)))
    return "authorization";
  return std::nullopt;
}

std::optional<string_view> find_assignment(string_view blanked) {
  static const RE2 equals{"([A-Za-z0-9_.-]+)=[\"']?([^\\s&;,\"'<>]+)"};
  static const RE2 flag{"(?:^|\\s)--?([A-Za-z][A-Za-z0-9_-]*)\\s+[\"']?"
                        "([^\\s\"'-][^\\s\"']*)"};
  static const RE2 member{"[\"']([A-Za-z0-9_.-]+)[\"']\\s*:\\s*[\"']"
                          "([^\"']+)[\"']"};
  if (blanked.find('=') != string_view::npos && has_pair(blanked, equals))
    return "assigned-secret";
  if (blanked.find(' ') != string_view::npos && has_pair(blanked, flag))
    return "assigned-secret";
  if (blanked.find(':') != string_view::npos && has_pair(blanked, member))
    return "assigned-secret";
  return std::nullopt;
}

std::optional<string_view> find_statement(string_view blanked) {
  static const RE2 pattern{
      "([A-Za-z0-9_.-]+)[\"'`]?(?:\\s*:\\s+|\\s+=\\s*|=\\s+)[\"'`]?"
      "([^\\s,;\"'`<>()]+)"};
  if (blanked.find_first_of(":=") == string_view::npos)
    return std::nullopt;
  auto rest = piece(blanked);
  re2::StringPiece name;
  re2::StringPiece value;
  while (RE2::FindAndConsume(&rest, pattern, &name, &value))
    if (is_sensitive_name(view(name)) && is_no_word(view(value)) &&
        !is_harmless_value(view(name), view(value)))
      return "stated-secret";
  return std::nullopt;
}

std::optional<string_view> find_header(string_view blanked) {
  static const RE2 pattern{"^([A-Za-z][A-Za-z0-9_-]*):\\s*([^/].*)$"};
  re2::StringPiece name;
  re2::StringPiece value;
  if (RE2::FullMatch(piece(blanked), pattern, &name, &value) &&
      is_sensitive_name(view(name)) &&
      !is_harmless_value(view(name), view(value)))
    return "header-secret";
  return std::nullopt;
}

std::optional<string_view> flag_of_secret(string_view argument) {
  if (!argument.starts_with('-') || has_mark(argument) ||
      argument.find_first_of("= \t") != string_view::npos)
    return std::nullopt;
  auto name = argument.substr(
      std::min(argument.find_first_not_of('-'), argument.size()));
  if (!is_sensitive_name(name))
    return std::nullopt;
  return name;
}

} // namespace signalbox
