#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// How a key signs.
enum class key_algorithm : std::uint8_t {
  ed25519,    ///< RFC 8032, pure; signatures of 64 bytes
  ecdsa_p256, ///< FIPS 186-4 on P-256 with SHA-256; signatures in DER
};

/// `ed25519` or `ecdsa-p256-sha256`, as `alg` has it on the wire.
std::string_view to_string(key_algorithm x);

/// Inverse of to_string; nullopt for anything else.
std::optional<key_algorithm> key_algorithm_from_string(std::string_view text);

/// A key that anybody may hold. Copies share one immutable key and may be used
/// from any number of threads at once.
class public_key {
 public:
  /// From a SubjectPublicKeyInfo (RFC 5280 section 4.1). Only the one DER form
  /// is taken, since the key id is its hash: named curve, uncompressed point,
  /// nothing behind it.
  ///
  /// Errors: `bad_key`.
  static result<public_key> from_der(byte_view spki);

  /// From a `PUBLIC KEY` block (RFC 7468). Errors: `bad_key`.
  static result<public_key> from_pem(std::string_view pem);

  key_algorithm algorithm() const;

  /// SHA-256 of der().
  const digest& key_id() const;

  /// The SubjectPublicKeyInfo.
  byte_view der() const;

  std::string to_pem() const;

  /// Whether the signature is this key's over the message; false also for a
  /// signature that is malformed or not in its one encoding.
  bool verify(byte_view message, byte_view signature) const;

 private:
  friend class private_key;
  struct state;
  explicit public_key(std::shared_ptr<const state> x) : state_{std::move(x)} {}
  std::shared_ptr<const state> state_;
};

/// A key that signs. Copies share one immutable key and may be used from any
/// number of threads at once. It never leaves unencrypted.
class private_key {
 public:
  static private_key generate(key_algorithm algorithm);

  /// From an `ENCRYPTED PRIVATE KEY` block (RFC 5958, PBES2). Takes as long as
  /// its iterations do: about 0.1 s for the keys that this class writes.
  ///
  /// Errors: `bad_key` if the passphrase is wrong, the text is no such block
  /// or the key is of another algorithm.
  static result<private_key> from_encrypted_pem(std::string_view pem,
                                                std::string_view passphrase);

  /// PKCS#8 under PBES2: PBKDF2 with HMAC-SHA-256 and 600,000 iterations,
  /// AES-256-CBC. OpenSSL reads it.
  ///
  /// Errors: `bad_key` if the passphrase is empty.
  result<std::string> to_encrypted_pem(std::string_view passphrase) const;

  const public_key& public_part() const;

  byte_buffer sign(byte_view message) const;

 private:
  struct state;
  explicit private_key(std::shared_ptr<const state> x) : state_{std::move(x)} {}
  std::shared_ptr<const state> state_;
};

} // namespace signalbox
