#include "policy/plain_form.hpp"

#include <cstddef>

namespace signalbox {

namespace {

using std::string_view;

/// What is encoded more often than that is read by nobody.
constexpr int max_rounds = 2;

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The printable character that `%41` stands for; 0 if there is none.
char percent_encoded(string_view text) {
  if (text.size() < 3 || text[0] != '%')
    return 0;
  const int high = hex_digit(text[1]);
  const int low = hex_digit(text[2]);
  const int code = high * 16 + low;
  return high >= 0 && low >= 0 && code >= 0x20 && code < 0x7f
             ? static_cast<char>(code)
             : 0;
}

/// U+FF01 to U+FF5E stand for 0x21 to 0x7e: EF BC 81 to EF BD 9E in UTF-8.
char fullwidth(string_view text) {
  if (text.size() < 3 || text[0] != '\xef' ||
      (text[1] != '\xbc' && text[1] != '\xbd'))
    return 0;
  const int block = text[1] == '\xbc' ? 0 : 0x40;
  const int code = 0x20 + block + (static_cast<unsigned char>(text[2]) - 0x80);
  return code > 0x20 && code < 0x7f ? static_cast<char>(code) : 0;
}

std::optional<std::string> take_off(string_view text) {
  std::string out;
  bool changed = false;
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = text.substr(i, 3);
    auto plain = percent_encoded(rest);
    if (plain == 0)
      plain = fullwidth(rest);
    changed = changed || plain != 0;
    out += plain != 0 ? plain : text[i];
    i += plain != 0 ? 3 : 1;
  }
  return changed ? std::optional{std::move(out)} : std::nullopt;
}

} // namespace

std::optional<std::string> plain_form(string_view text) {
  std::optional<std::string> out;
  for (int i = 0; i < max_rounds; ++i) {
    const string_view now = out ? string_view{*out} : text;
    if (now.find_first_of("%\xef") == now.npos)
      break;
    auto next = take_off(now);
    if (!next)
      break;
    out = std::move(next);
  }
  return out;
}

} // namespace signalbox
