#include "events/pseudonym.hpp"

#include <botan/mac.h>

namespace signalbox {

namespace {

std::uint64_t mark_of(byte_view key) {
  // No name has a line's end, so that this is nobody's pseudonym.
  constexpr std::string_view purpose = "\nmark of the key of pseudonyms";
  auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
  mac->set_key(key.data(), key.size());
  mac->update(as_bytes(purpose).data(), purpose.size());
  digest whole;
  mac->final(whole.value.data());
  std::uint64_t out = 0;
  for (const auto x : whole.view().first(sizeof out))
    out = out << 8 | x;
  return out == 0 ? 1 : out;
}

} // namespace

pseudonyms::pseudonyms(byte_view key)
    : key_{to_buffer(key)}, mark_{mark_of(key)} {}

pseudonym pseudonyms::of(std::string_view client_id, std::string_view profile,
                         std::string_view fingerprint) const {
  constexpr std::uint8_t end = 0;
  auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
  mac->set_key(key_.data(), key_.size());
  for (auto x : {client_id, profile}) {
    mac->update(as_bytes(x).data(), x.size());
    mac->update(end);
  }
  mac->update(as_bytes(fingerprint).data(), fingerprint.size());
  digest whole;
  mac->final(whole.value.data());
  return pseudonym::from(whole.view().first(pseudonym::size()));
}

} // namespace signalbox
