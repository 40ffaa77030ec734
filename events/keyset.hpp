#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// Largest payload of a keyset that is made, in bytes. The fold judges it
/// inside its envelope (32 KiB), where sixteen signatures and the names take
/// the rest. About 110 keys of Ed25519.
inline constexpr std::size_t max_keyset_bytes = 28 * 1024;

enum class key_role : std::uint8_t { seal = 1, head = 2, checkpoint = 3 };
enum class key_status : std::uint8_t { active = 1, retired = 2, revoked = 3 };

std::string_view to_string(key_role x);
std::string_view to_string(key_status x);
std::optional<key_role> key_role_from_string(std::string_view text);
std::optional<key_status> key_status_from_string(std::string_view text);

/// A key that the root vouches for.
struct keyset_key {
  digest id; ///< SHA-256 of spki
  byte_buffer spki;
  key_role role = key_role::seal;
  key_status status = key_status::active;
  principal_id node; ///< who holds it
};

/// What the root says: which keys seal and sign heads. A client pins the root
/// and walks from keyset to keyset (TUF's root role is the model).
struct keyset {
  ledger_id ledger;
  std::uint64_t version = 1; ///< grows by one
  std::uint64_t incarnation = 0;
  timestamp expires_at{};
  std::vector<byte_buffer> roots; ///< DER SubjectPublicKeyInfo
  std::uint32_t threshold = 1;    ///< of roots, to sign the next keyset
  std::vector<keyset_key> keys;
};

/// The RFC 8785 bytes that the roots sign.
std::string to_payload(const keyset& x);

/// Strict inverse of to_payload; refuses keys whose id is not their digest,
/// duplicate keys, a threshold that the roots cannot reach, and payloads that
/// are not canonical.
/// Errors: `bad_json`, `bad_request`, with the pointer.
result<keyset> parse_keyset(std::string_view payload);

/// What a client pins: SHA-256 over the RFC 8785 form of {roots, threshold}.
digest root_fingerprint(const std::vector<byte_buffer>& roots,
                        std::uint32_t threshold);

} // namespace signalbox
