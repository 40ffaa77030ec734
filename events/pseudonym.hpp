#pragma once

#include <cstdint>
#include <string_view>

#include "events/bytes.hpp"
#include "events/stream_record.hpp"

namespace signalbox {

/// Makes pseudonyms: who reports is counted once without being known (NFR-8).
/// The first 16 bytes of HMAC-SHA-256 (RFC 2104) under a key of the ledger over
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
  explicit pseudonyms(byte_view key);

  pseudonym of(std::string_view client_id, std::string_view profile,
               std::string_view fingerprint) const;

  /// Tells one key from another without telling it; never 0. Nodes of one
  /// ledger must have one key, or a client would count once for each.
  std::uint64_t mark() const { return mark_; }

 private:
  byte_buffer key_;
  std::uint64_t mark_;
};

} // namespace signalbox
