#include "app/keyset_change.hpp"

#include "events/keyset_event.hpp"

#include <algorithm>

#include <boost/json/object.hpp>

namespace signalbox {

namespace {

result<void> set_status(keyset& x, const digest& id, key_status status) {
  bool found = false;
  for (auto& key : x.keys) {
    if (key.id != id)
      continue;
    if (key.status == key_status::revoked)
      return failure{errc::conflict, "key " + id.hex() + " is revoked already"};
    key.status = status;
    found = true;
  }
  if (!found)
    return failure{errc::not_found, "the keyset has no key " + id.hex() +
                                        "; `signalbox keys list` shows them"};
  return {};
}

/// Whether a key may be left out once another keyset has said so: a revoked key
/// verifies nothing, as one that is not there, and a head lives for days.
bool is_spent(const keyset_key& x) {
  return x.status == key_status::revoked ||
         (x.role == key_role::head && x.status == key_status::retired);
}

/// Leaves out spent keys of `before`, the oldest first, until it fits.
result<void> make_room(keyset& x, const keyset& before) {
  for (auto& key : before.keys) {
    if (to_payload(x).size() <= max_keyset_bytes)
      return {};
    if (is_spent(key))
      std::erase_if(x.keys, [&](auto& y) {
        return y.id == key.id && y.role == key.role;
      });
  }
  if (to_payload(x).size() <= max_keyset_bytes)
    return {};
  return failure{errc::too_large,
                 "the keyset would be above " +
                     std::to_string(max_keyset_bytes) +
                     " bytes: reseal what its oldest retired keys sealed, "
                     "revoke these (`signalbox keys revoke`), and try again: "
                     "revoked keys make room"};
}

bool is_envelope(std::string_view text) {
  auto document = parse_json(text, dsse_limits);
  return document && document->is_object() &&
         document->get_object().contains("payloadType");
}

} // namespace

keyset_key make_keyset_key(const public_key& key, key_role role,
                           const principal_id& node) {
  return {key.key_id(), to_buffer(key.der()), role, key_status::active, node};
}

result<keyset> next_keyset(const keyset& current, const keyset_change& change) {
  auto out = current;
  ++out.version;
  out.expires_at = change.expires_at;
  out.incarnation = change.incarnation.value_or(current.incarnation);
  for (auto& id : change.retire)
    if (auto set = set_status(out, id, key_status::retired); !set)
      return set.error();
  for (auto& id : change.revoke)
    if (auto set = set_status(out, id, key_status::revoked); !set)
      return set.error();
  for (auto& key : change.add) {
    auto same = [&](auto& x) { return x.id == key.id && x.role == key.role; };
    if (std::any_of(out.keys.begin(), out.keys.end(), same))
      return failure{errc::conflict,
                     "key " + key.id.hex() + " is in the keyset already"};
    out.keys.push_back(key);
  }
  if (auto fits = make_room(out, current); !fits)
    return fits.error();
  return out;
}

result<dsse_envelope> sign_keyset(std::string_view request,
                                  const private_key& root) {
  while (request.ends_with('\n'))
    request.remove_suffix(1);
  dsse_envelope out{
      std::string{payload_types::keyset}, to_buffer(as_bytes(request)), {}};
  if (is_envelope(request)) {
    auto envelope = parse_dsse(request);
    if (!envelope)
      return envelope.error();
    if (envelope->payload_type != payload_types::keyset)
      return failure{errc::bad_request, "this is signed, but is no keyset"};
    out = std::move(*envelope);
  }
  // Never sign what one cannot read.
  if (auto parsed = parse_keyset(as_text(out.payload)); !parsed)
    return parsed.error();
  for (auto& signature : out.signatures)
    if (signature.key_id == root.public_part().key_id())
      return failure{errc::conflict, "this root signed the keyset already"};
  out.signatures.push_back(sign_payload(out.payload_type, out.payload, root));
  return out;
}

result<proposal_draft> put_keyset(const dsse_envelope& x,
                                  std::uint64_t version_before) {
  if (x.payload_type != payload_types::keyset)
    return failure{errc::bad_request, "this envelope holds no keyset"};
  proposal_draft out;
  auto put = to_event(x);
  put.payload = as_bytes(out.keep(std::string{as_text(put.payload)}));
  for (auto& signature : put.signatures)
    signature.value = as_bytes(out.keep(std::string{as_text(signature.value)}));
  out.body = std::move(put);
  out.expected = {expectation::kind::exactly, version_before};
  return out;
}

} // namespace signalbox
