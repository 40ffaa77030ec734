#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/json.hpp"
#include "events/signature.hpp"

namespace signalbox {

/// What a signed payload is. The type is part of what is signed, so no head
/// can pass for a keyset.
namespace payload_types {
inline constexpr std::string_view artifact =
    "application/vnd.signalbox.artifact+json";
inline constexpr std::string_view head = "application/vnd.signalbox.head+json";
inline constexpr std::string_view keyset =
    "application/vnd.signalbox.keyset+json";
} // namespace payload_types

/// What is signed in place of the payload (DSSE v1, protocol.md): "DSSEv1",
/// then type and payload, each behind its length.
byte_buffer pre_authentication_encoding(std::string_view payload_type,
                                        byte_view payload);

/// One signature and the key that it claims.
struct dsse_signature {
  digest key_id;
  byte_buffer signature;

  bool operator==(const dsse_signature&) const = default;
};

/// A payload with its signatures. The payload is kept as the bytes that were
/// signed and never serialised again.
struct dsse_envelope {
  std::string payload_type;
  byte_buffer payload;
  std::vector<dsse_signature> signatures;

  bool operator==(const dsse_envelope&) const = default;
};

/// Signs type and payload.
dsse_signature sign_payload(std::string_view payload_type, byte_view payload,
                            const private_key& key);

/// Whether the signature claims this key and is this key's.
bool verify_payload(std::string_view payload_type, byte_view payload,
                    const dsse_signature& signature, const public_key& key);

/// How many different keys of the list signed the envelope: compare it with a
/// threshold. A key counts once, however often it stands in the list or in the
/// envelope. The caller checks the payload type first.
std::size_t count_signers(const dsse_envelope& envelope,
                          std::span<const public_key> keys);

/// The envelope in canonical JSON: payload, payloadType, signatures with keyid
/// and sig; base64 with padding.
std::string to_json(const dsse_envelope& envelope);

/// A payload and a rendered text of 256 KiB each, in base64, with room.
inline constexpr json_limits dsse_limits{1024 * 1024, 8};

/// Reads an envelope (DSSE v1, envelope.md): members in any order, unknown
/// ones ignored, either base64 alphabet. Unlike DSSE at large it wants every
/// `keyid`, as 64 lower-case hexadecimal digits, and at least one signature.
///
/// Errors: `bad_json` or `too_large`, with the pointer of the place.
result<dsse_envelope> parse_dsse(std::string_view text,
                                 const json_limits& limits = dsse_limits);

} // namespace signalbox
