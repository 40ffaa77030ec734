#include "app/terminal_text.hpp"

#include <cstdint>
#include <iostream>

#include <unistd.h>

namespace signalbox {

namespace {

/// A character of a text, or a byte that is none.
struct character {
  std::size_t size = 1;
  std::uint32_t code = 0;
  bool sound = false;
};

std::size_t size_by(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead < 0xe0)
    return 2;
  if (lead >= 0xe0 && lead < 0xf0)
    return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// Too long a form, a surrogate, or above Unicode.
bool is_malformed(std::uint32_t code, std::size_t size) {
  return (size == 3 && code < 0x800) || (size == 4 && code < 0x10000) ||
         (code >= 0xd800 && code < 0xe000) || code > 0x10ffff;
}

character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto size = size_by(lead);
  if (size == 0 || size > text.size())
    return {1, lead, false};
  auto code = size == 1 ? std::uint32_t{lead} : lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80)
      return {1, lead, false};
    code = code << 6 | (next & 0x3f);
  }
  if (is_malformed(code, size))
    return {1, lead, false};
  return {size, code, true};
}

bool is_unsafe(std::uint32_t x) {
  return x < 0x20 || (x >= 0x7f && x < 0xa0) || x == 0x061c || x == 0x200e ||
         x == 0x200f || (x >= 0x2028 && x <= 0x202e) ||
         (x >= 0x2066 && x <= 0x2069);
}

void put_digits(std::string& out, std::uint32_t x, int count) {
  while (count-- > 0)
    out += "0123456789abcdef"[x >> (4 * count) & 15];
}

std::string escape(std::string_view text, std::string_view allowed) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto x = first_of(text);
    if (!x.sound) {
      out += "\\x";
      put_digits(out, x.code, 2);
    } else if (is_unsafe(x.code) &&
               (x.size > 1 || allowed.find(text[0]) == allowed.npos)) {
      out += "\\u";
      put_digits(out, x.code, 4);
    } else {
      out += text.substr(0, x.size);
    }
    text.remove_prefix(x.size);
  }
  return out;
}

} // namespace

std::string to_visible(std::string_view text) {
  return escape(text, "\t\n");
}

std::string to_visible_line(std::string_view text) {
  return escape(text, "");
}

visible_output::int_type visible_output::overflow(int_type c) {
  if (!traits_type::eq_int_type(c, traits_type::eof()))
    held_ += traits_type::to_char_type(c);
  return traits_type::not_eof(c);
}

std::streamsize visible_output::xsputn(const char* text, std::streamsize size) {
  held_.append(text, static_cast<std::size_t>(size));
  return size;
}

int visible_output::sync() {
  out_ << to_visible(held_) << std::flush;
  held_.clear();
  return out_ ? 0 : -1;
}

std::ostream& exact_output(std::ostream& out) {
  auto* visible = dynamic_cast<visible_output*>(out.rdbuf());
  if (visible == nullptr)
    return out;
  out.flush();
  const bool terminal =
      visible->exact().rdbuf() == std::cout.rdbuf() && ::isatty(STDOUT_FILENO);
  return terminal ? out : visible->exact();
}

} // namespace signalbox
