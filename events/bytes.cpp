#include "events/bytes.hpp"

#include <array>

namespace signalbox {

namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using reverse_table = std::array<std::int8_t, 256>;

constexpr reverse_table reverse(std::string_view alphabet) {
  reverse_table table{};
  for (auto& x : table)
    x = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}

std::string encode(byte_view bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t group = 0;
  int bits = 0;
  for (auto byte : bytes) {
    group = group << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += alphabet[group >> bits & 63];
    }
  }
  if (bits > 0)
    out += alphabet[group << (6 - bits) & 63];
  return out;
}

std::optional<byte_buffer> decode(std::string_view text,
                                  const reverse_table& table) {
  if (text.size() % 4 == 1)
    return std::nullopt;
  byte_buffer out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    auto value = table[static_cast<std::uint8_t>(c)];
    if (value < 0)
      return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(group >> bits & 255));
    }
  }
  if ((group & ((1u << bits) - 1)) != 0)
    return std::nullopt; // bits beyond the last byte must be zero
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

} // namespace

std::string to_hex(byte_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::optional<byte_buffer> from_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return std::nullopt;
  byte_buffer out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    auto high = hex_digit(text[i]);
    auto low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

std::string to_base64(byte_view bytes) {
  auto out = encode(bytes, standard_alphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<byte_buffer> from_base64(std::string_view text) {
  static constexpr auto table = reverse(standard_alphabet);
  if (text.size() % 4 != 0)
    return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i)
    text.remove_suffix(1);
  return decode(text, table);
}

std::string to_base64url(byte_view bytes) {
  return encode(bytes, url_alphabet);
}

std::optional<byte_buffer> from_base64url(std::string_view text) {
  static constexpr auto table = reverse(url_alphabet);
  return decode(text, table);
}

} // namespace signalbox
