#include "policy/hidden_unicode.hpp"

#include <array>

namespace signalbox {

namespace {

using std::string_view;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Takes one code point off the front of valid UTF-8.
char32_t take(string_view& text) {
  auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  char32_t out = first < 0x80   ? first
                 : first < 0xE0 ? first & 0x1Fu
                 : first < 0xF0 ? first & 0x0Fu
                                : first & 0x07u;
  for (; !text.empty() && first >= 0x80 && is_continuation(text.front());
       text.remove_prefix(1))
    out = out << 6 | (static_cast<unsigned char>(text.front()) & 0x3Fu);
  return out;
}

struct range {
  char32_t first, last;
};

/// Variation selectors 1 to 16 stay allowed: emoji are written with them.
constexpr std::array<range, 18> hidden{{
    {0x0000, 0x0008},
    {0x000B, 0x000C},
    {0x000E, 0x001F},
    {0x007F, 0x009F},
    {0x00AD, 0x00AD},
    {0x034F, 0x034F},
    {0x061C, 0x061C},
    {0x115F, 0x1160},
    {0x17B4, 0x17B5},
    {0x180B, 0x180F},
    {0x200B, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0x3164, 0x3164},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF9, 0xFFFB},
    {0xE0000, 0xE0FFF},
}};

} // namespace

bool has_hidden_unicode(string_view text) {
  while (!text.empty()) {
    auto x = take(text);
    for (auto& r : hidden)
      if (x >= r.first && x <= r.last)
        return true;
  }
  return false;
}

} // namespace signalbox
