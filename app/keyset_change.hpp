#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/encode.hpp"
#include "events/dsse.hpp"
#include "events/keyset.hpp"
#include "events/signature.hpp"

namespace signalbox {

/// How long a new keyset holds, in milliseconds: one year.
inline constexpr std::int64_t keyset_life = 365LL * 24 * 3'600'000;

/// What the next keyset does otherwise than the one before.
struct keyset_change {
  std::vector<keyset_key> add; ///< active from then on
  std::vector<digest> retire;  ///< verify what they signed, sign nothing new
  std::vector<digest> revoke;  ///< verify nothing any more
  timestamp expires_at{};
  /// After a restore: that of the ledger, which the keyset must have.
  std::optional<std::uint64_t> incarnation = {};
};

/// The entry of a node's new key.
keyset_key make_keyset_key(const public_key& key, key_role role,
                           const principal_id& node);

/// The keyset after `current`, unsigned. A revoked key never comes back. Where
/// there is no room, keys that `current` revoked and head keys that it retired
/// are left out, the oldest first: they verify nothing that is still served.
/// Errors: `not_found` (a key that is not in the keyset), `conflict` (it is
/// revoked already, or there already), `too_large` (above max_keyset_bytes all
/// the same).
result<keyset> next_keyset(const keyset& current, const keyset_change& change);

/// Adds a root's signature to a keyset: to its unsigned payload, or to an
/// envelope that other roots signed.
/// Whether the key is a root that counts is the ledger's to judge: that depends
/// on the keyset before.
/// Errors: `bad_json`, `bad_request`, `conflict` (this root signed already).
result<dsse_envelope> sign_keyset(std::string_view request,
                                  const private_key& root);

/// The event that puts a signed keyset into the ledger.
/// Errors: `bad_request` (another payload type).
result<proposal_draft> put_keyset(const dsse_envelope& signed_keyset,
                                  std::uint64_t version_before);

} // namespace signalbox
