#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

/// Bytes that belong to somebody else.
using byte_view = std::span<const std::uint8_t>;

/// Bytes that belong to the holder.
using byte_buffer = std::vector<std::uint8_t>;

inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(byte_view bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline byte_buffer to_buffer(byte_view bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Lower-case hexadecimal.
std::string to_hex(byte_view bytes);

/// Accepts lower-case hexadecimal only; nullopt for anything else.
std::optional<byte_buffer> from_hex(std::string_view text);

/// Base64 with padding (RFC 4648 section 4).
std::string to_base64(byte_view bytes);

/// Strict inverse of to_base64; nullopt for anything else.
std::optional<byte_buffer> from_base64(std::string_view text);

/// Base64url without padding (RFC 4648 section 5).
std::string to_base64url(byte_view bytes);

/// Strict inverse of to_base64url; nullopt for anything else.
std::optional<byte_buffer> from_base64url(std::string_view text);

} // namespace signalbox
