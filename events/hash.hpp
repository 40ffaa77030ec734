#pragma once

#include <initializer_list>

#include "events/bytes.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// SHA-256 of the bytes (FIPS 180-4).
digest sha256(byte_view bytes);

/// SHA-256 of the concatenation of the pieces.
digest sha256(std::initializer_list<byte_view> pieces);

/// Fills the buffer from the operating system's random source.
void random_fill(std::span<std::uint8_t> out);

template <class Id>
Id random_id() {
  Id out;
  random_fill(out.value);
  return out;
}

} // namespace signalbox
