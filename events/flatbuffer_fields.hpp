#pragma once

#include <cstring>
#include <string_view>

#include <flatbuffers/flatbuffers.h>

#include "events/utf8.hpp"

/// How fields go into FlatBuffers and come out again. For the sources that
/// encode and decode records, never for another header.
namespace signalbox::flatbuffer_fields {

// Verifier limits are part of the formats: constants, not library defaults.
inline constexpr std::size_t max_depth = 16;
inline constexpr std::size_t max_tables = 4096;

/// Thrown when a required field is missing or is no value of its type; the
/// decoder that reads it catches it.
struct malformed_field {};

template <class Struct, class Fixed>
Struct to_struct(const Fixed& x) {
  static_assert(sizeof(Struct) == sizeof(x.value));
  Struct out;
  std::memcpy(static_cast<void*>(&out), x.value.data(), sizeof(out));
  return out;
}

inline flatbuffers::Offset<flatbuffers::String>
put(flatbuffers::FlatBufferBuilder& b, std::string_view x) {
  return x.empty() ? flatbuffers::Offset<flatbuffers::String>{}
                   : b.CreateString(x.data(), x.size());
}

template <class Fixed, class Struct>
Fixed fixed(const Struct* x) {
  if (x == nullptr)
    throw malformed_field{};
  Fixed out;
  std::memcpy(out.value.data(), x, sizeof(out.value));
  return out;
}

/// FlatBuffers strings are UTF-8, which its verifier does not check; whatever
/// prints or compares them later relies on it.
inline std::string_view text(const flatbuffers::String* x) {
  if (x == nullptr)
    return {};
  std::string_view out{x->c_str(), x->size()};
  if (!is_utf8(out))
    throw malformed_field{};
  return out;
}

} // namespace signalbox::flatbuffer_fields
