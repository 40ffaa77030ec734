#include "events/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace signalbox {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
}

bool is_between(std::uint8_t x, std::uint8_t low, std::uint8_t high) {
  return x >= low && x <= high;
}

/// Length of the sequence at the front; 0 if it is none (RFC 3629, section 4).
std::size_t sequence_length(std::string_view text) {
  auto lead = byte_at(text, 0);
  auto second = byte_at(text, 1);
  auto follows = [&](std::size_t i) {
    return is_between(byte_at(text, i), 0x80, 0xBF);
  };
  if (lead < 0x80)
    return 1;
  if (is_between(lead, 0xC2, 0xDF))
    return follows(1) ? 2 : 0;
  if (is_between(lead, 0xE0, 0xEF)) {
    bool in_range = is_between(second, lead == 0xE0 ? 0xA0 : 0x80,
                               lead == 0xED ? 0x9F : 0xBF);
    return in_range && follows(2) ? 3 : 0;
  }
  if (is_between(lead, 0xF0, 0xF4)) {
    bool in_range = is_between(second, lead == 0xF0 ? 0x90 : 0x80,
                               lead == 0xF4 ? 0x8F : 0xBF);
    return in_range && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// Bytes of ASCII at the front, counted in eights.
std::size_t ascii_words(std::string_view text) {
  std::size_t out = 0;
  for (std::uint64_t word = 0; out + sizeof(word) <= text.size();
       out += sizeof(word)) {
    std::memcpy(&word, text.data() + out, sizeof(word));
    if ((word & 0x8080808080808080) != 0)
      break;
  }
  return out;
}

} // namespace

bool is_utf8(std::string_view text) {
  text.remove_prefix(ascii_words(text));
  while (!text.empty()) {
    auto length = sequence_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

} // namespace signalbox
