#pragma once

#include <array>
#include <cstdint>

namespace signalbox {

/// Eight bytes, most significant first, so that byte order is index order.
inline std::array<char, 8> to_big_endian(std::uint64_t x) {
  std::array<char, 8> out;
  for (auto i = out.size(); i-- > 0; x >>= 8)
    out[i] = static_cast<char>(x & 0xff);
  return out;
}

/// Reads the eight bytes at `bytes`.
inline std::uint64_t from_big_endian(const char* bytes) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i)
    out = out << 8 | static_cast<std::uint8_t>(bytes[i]);
  return out;
}

} // namespace signalbox
