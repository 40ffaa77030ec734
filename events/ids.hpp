#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "events/bytes.hpp"

namespace signalbox {

/// Dense position of an entry in a ledger's log, from 0.
enum class log_index : std::uint64_t {};

/// Milliseconds since the Unix epoch.
enum class timestamp : std::int64_t {};

constexpr std::uint64_t to_integer(log_index x) {
  return static_cast<std::uint64_t>(x);
}

constexpr std::int64_t to_integer(timestamp x) {
  return static_cast<std::int64_t>(x);
}

constexpr timestamp operator+(timestamp x, std::int64_t milliseconds) {
  return timestamp{to_integer(x) + milliseconds};
}

/// A fixed number of bytes under a name of its own: no two kinds mix.
template <std::size_t N, class Tag>
struct fixed_bytes {
  std::array<std::uint8_t, N> value{};

  static constexpr std::size_t size() { return N; }

  /// Zero-filled if the view is of another length: check that first.
  static fixed_bytes from(byte_view bytes) {
    fixed_bytes out;
    if (bytes.size() == N)
      std::copy(bytes.begin(), bytes.end(), out.value.begin());
    return out;
  }

  static std::optional<fixed_bytes> from_hex(std::string_view text) {
    auto bytes = signalbox::from_hex(text);
    if (!bytes || bytes->size() != N)
      return std::nullopt;
    return from(*bytes);
  }

  byte_view view() const { return value; }
  std::string hex() const { return to_hex(value); }
  bool is_zero() const { return *this == fixed_bytes{}; }

  auto operator<=>(const fixed_bytes&) const = default;
};

using ledger_id = fixed_bytes<16, struct ledger_id_tag>;
using event_id = fixed_bytes<16, struct event_id_tag>;
using principal_id = fixed_bytes<16, struct principal_id_tag>;
using token_id = fixed_bytes<16, struct token_id_tag>;

/// A SHA-256.
using digest = fixed_bytes<32, struct digest_tag>;

/// Hash for tables whose keys are hashes or random already.
struct fixed_bytes_hash {
  using is_avalanching = void;
  template <std::size_t N, class Tag>
  std::size_t operator()(const fixed_bytes<N, Tag>& x) const noexcept {
    std::size_t out;
    static_assert(N >= sizeof(out));
    std::memcpy(&out, x.value.data(), sizeof(out));
    return out;
  }
};

/// `sha256:` and lower-case hex, as artifact ids and payload hashes are shown.
std::string to_content_id(const digest& x);

/// Inverse of to_content_id; nullopt for anything else.
std::optional<digest> from_content_id(std::string_view text);

/// RFC 3339 in UTC with milliseconds: 2026-01-31T12:00:00.000Z.
std::string to_rfc3339(timestamp x);

/// Accepts what to_rfc3339 writes, the fraction being optional.
std::optional<timestamp> from_rfc3339(std::string_view text);

} // namespace signalbox
