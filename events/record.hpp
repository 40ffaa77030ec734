#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/bytes.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// A body that travels beside the envelope, which names it by its digest.
struct record_part {
  std::array<std::uint8_t, 16> salt{};
  byte_view bytes;
};

/// SHA-256(salt || bytes).
digest part_name(const record_part& x);

/// A part under a fresh random salt.
record_part make_part(std::string_view text);

/// The bytes of a record: what the log stores.
byte_buffer encode_record(byte_view envelope,
                          std::span<const record_part> parts);

/// The envelope's bytes inside a record. A buffer that is no record is its own
/// envelope, so that fold and chain treat it alike everywhere.
byte_view envelope_of(byte_view record);

/// The parts of a record; a part that was redacted has empty bytes and is
/// nullopt. Empty for a buffer that is no record.
std::vector<std::optional<record_part>> parts_of(byte_view record);

} // namespace signalbox
