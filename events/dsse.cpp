#include "events/dsse.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace signalbox {

namespace {

failure wrong(std::string_view pointer, std::string message) {
  return {errc::bad_json, std::move(message), std::string{pointer}};
}

void append(byte_buffer& out, byte_view bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_sized(byte_buffer& out, byte_view bytes) {
  append(out, as_bytes(' ' + std::to_string(bytes.size()) + ' '));
  append(out, bytes);
}

/// Either alphabet, with padding (RFC 4648 sections 4 and 5).
std::optional<byte_buffer> decode_base64(std::string_view text) {
  if (text.find_first_of("-_") == std::string_view::npos)
    return from_base64(text);
  if (text.size() % 4 != 0)
    return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i)
    text.remove_suffix(1);
  return from_base64url(text);
}

result<std::string_view> text_member(const json::object& from,
                                     std::string_view name,
                                     std::string_view parent) {
  auto* member = from.if_contains(name);
  if (!member)
    return wrong(parent, "the member " + std::string{name} + " is missing");
  auto* text = member->if_string();
  if (!text)
    return wrong(append_pointer(parent, name), "not a string");
  return std::string_view{*text};
}

result<byte_buffer> bytes_member(const json::object& from,
                                 std::string_view name,
                                 std::string_view parent) {
  auto text = text_member(from, name, parent);
  if (!text)
    return text.error();
  auto bytes = decode_base64(*text);
  if (!bytes)
    return wrong(append_pointer(parent, name), "not base64");
  return std::move(*bytes);
}

result<dsse_signature> parse_signature(const json::value& from,
                                       std::string_view pointer) {
  auto* members = from.if_object();
  if (!members)
    return wrong(pointer, "not an object");
  auto key_id = text_member(*members, "keyid", pointer);
  if (!key_id)
    return key_id.error();
  auto id = digest::from_hex(*key_id);
  if (!id)
    return wrong(append_pointer(pointer, "keyid"),
                 "not 64 lower-case hexadecimal digits");
  auto signature = bytes_member(*members, "sig", pointer);
  if (!signature)
    return signature.error();
  return dsse_signature{*id, std::move(*signature)};
}

result<std::vector<dsse_signature>>
parse_signatures(const json::object& envelope) {
  auto* member = envelope.if_contains("signatures");
  if (!member)
    return wrong("", "the member signatures is missing");
  auto* items = member->if_array();
  if (!items || items->empty())
    return wrong("/signatures", "not an array of at least one signature");
  std::vector<dsse_signature> out;
  for (auto& item : *items) {
    auto pointer = append_pointer("/signatures", std::to_string(out.size()));
    auto signature = parse_signature(item, pointer);
    if (!signature)
      return signature.error();
    out.push_back(std::move(*signature));
  }
  return out;
}

} // namespace

byte_buffer pre_authentication_encoding(std::string_view payload_type,
                                        byte_view payload) {
  byte_buffer out;
  out.reserve(payload_type.size() + payload.size() + 32);
  append(out, as_bytes("DSSEv1"));
  append_sized(out, as_bytes(payload_type));
  append_sized(out, payload);
  return out;
}

dsse_signature sign_payload(std::string_view payload_type, byte_view payload,
                            const private_key& key) {
  return {key.public_part().key_id(),
          key.sign(pre_authentication_encoding(payload_type, payload))};
}

bool verify_payload(std::string_view payload_type, byte_view payload,
                    const dsse_signature& signature, const public_key& key) {
  return signature.key_id == key.key_id() &&
         key.verify(pre_authentication_encoding(payload_type, payload),
                    signature.signature);
}

std::size_t count_signers(const dsse_envelope& envelope,
                          std::span<const public_key> keys) {
  auto message =
      pre_authentication_encoding(envelope.payload_type, envelope.payload);
  std::set<digest> signers;
  for (auto& key : keys) {
    auto signed_by_key = [&](const dsse_signature& x) {
      return x.key_id == key.key_id() && key.verify(message, x.signature);
    };
    if (!signers.contains(key.key_id()) &&
        std::ranges::any_of(envelope.signatures, signed_by_key))
      signers.insert(key.key_id());
  }
  return signers.size();
}

std::string to_json(const dsse_envelope& envelope) {
  json::array signatures;
  for (auto& x : envelope.signatures)
    signatures.push_back(json::object{{"keyid", x.key_id.hex()},
                                      {"sig", to_base64(x.signature)}});
  return to_canonical(json::object{{"payload", to_base64(envelope.payload)},
                                   {"payloadType", envelope.payload_type},
                                   {"signatures", std::move(signatures)}});
}

result<dsse_envelope> parse_dsse(std::string_view text,
                                 const json_limits& limits) {
  auto document = parse_json(text, limits);
  if (!document)
    return document.error();
  auto* members = document->if_object();
  if (!members)
    return wrong("", "not an object");
  auto payload = bytes_member(*members, "payload", "");
  if (!payload)
    return payload.error();
  auto payload_type = text_member(*members, "payloadType", "");
  if (!payload_type)
    return payload_type.error();
  auto signatures = parse_signatures(*members);
  if (!signatures)
    return signatures.error();
  return dsse_envelope{std::string{*payload_type}, std::move(*payload),
                       std::move(*signatures)};
}

} // namespace signalbox
