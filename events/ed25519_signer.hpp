#pragma once

#include <memory>

#include "events/bytes.hpp"

namespace signalbox {

/// Signs with one Ed25519 key (RFC 8032) through OpenSSL, which takes half of
/// the time that Botan 2 does; the signatures are the same. Any thread.
class ed25519_signer {
 public:
  static constexpr std::size_t seed_bytes = 32;
  static constexpr std::size_t signature_bytes = 64;

  /// Throws std::runtime_error if OpenSSL refuses the seed.
  explicit ed25519_signer(byte_view seed);
  ~ed25519_signer();
  ed25519_signer(const ed25519_signer&) = delete;
  ed25519_signer& operator=(const ed25519_signer&) = delete;

  /// Throws std::runtime_error if OpenSSL fails, as it does out of memory.
  byte_buffer sign(byte_view message) const;

 private:
  struct key;
  std::unique_ptr<key> key_;
};

} // namespace signalbox
