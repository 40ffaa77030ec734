#include "policy/references.hpp"

#include <algorithm>

namespace signalbox {

namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '_';
}

/// A name as clients accept it, perhaps with the kind before it: `input:id`.
bool is_reference_name(std::string_view text) {
  if (text.empty() || is_digit(text.front()))
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_word(c) || c == '.' || c == '-' || c == ':' || c == '/';
  });
}

/// Length of an upper-case name at the start: `$PATH` is a reference, a
/// password that starts with a dollar sign is not.
std::size_t upper_name(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() &&
         (is_upper(text[n]) || text[n] == '_' || (n && is_digit(text[n]))))
    ++n;
  bool ends = n == text.size() || !is_word(text[n]);
  return ends ? n : 0;
}

struct reference {
  std::size_t length = 0; ///< 0: there is none
  std::string_view remains = {};
};

reference braced(std::string_view text, std::size_t open) {
  auto close = text.find('}', open);
  if (close == std::string_view::npos)
    return {};
  auto inner = text.substr(open, close - open);
  auto fallback = inner.find(":-");
  if (fallback != std::string_view::npos &&
      is_reference_name(inner.substr(0, fallback)))
    return {close + 1, inner.substr(fallback + 2)};
  return {is_reference_name(inner) ? close + 1 : 0};
}

reference at_dollar(std::string_view text) {
  if (text.starts_with("${{")) {
    auto close = text.find("}}");
    return {close == std::string_view::npos ? 0 : close + 2};
  }
  if (text.starts_with("${"))
    return braced(text, 2);
  auto n = upper_name(text.substr(1));
  return {n ? n + 1 : 0};
}

reference at_percent(std::string_view text) {
  auto n = upper_name(text.substr(1));
  return {n && n + 1 < text.size() && text[n + 1] == '%' ? n + 2 : 0};
}

reference at(std::string_view text) {
  if (text.front() == '$')
    return at_dollar(text);
  if (text.front() == '%')
    return at_percent(text);
  if (text.starts_with("{env:") || text.starts_with("{file:") ||
      text.starts_with("{input:"))
    return braced(text, 1);
  return {};
}

} // namespace

std::string blank_references(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto found = at(text);
    if (found.length == 0) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    out += reference_mark;
    out += found.remains;
    text.remove_prefix(found.length);
  }
  return out;
}

} // namespace signalbox
