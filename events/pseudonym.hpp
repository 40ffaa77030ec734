#pragma once

#include <string_view>

#include "events/bytes.hpp"
#include "events/stream_record.hpp"

namespace signalbox {

/// Makes pseudonyms: who reports is counted once without being known (NFR-8).
/// The first 16 bytes of HMAC-SHA-256 (RFC 2104) under a key of this node over
///
///     client_id 0x00 profile 0x00 fingerprint
///
/// so that one machine has another pseudonym in every profile, and without the
/// key nobody can try fingerprints. Under another key pseudonyms change and
/// counts begin anew. Any thread.
class pseudonyms {
 public:
  static constexpr std::size_t key_bytes = 32;

  /// Precondition: the key has key_bytes.
  explicit pseudonyms(byte_view key) : key_{to_buffer(key)} {}

  pseudonym of(std::string_view client_id, std::string_view profile,
               std::string_view fingerprint) const;

 private:
  byte_buffer key_;
};

} // namespace signalbox
