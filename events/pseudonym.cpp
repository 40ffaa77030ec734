#include "events/pseudonym.hpp"

#include <botan/mac.h>

namespace signalbox {

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
