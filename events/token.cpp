#include "events/token.hpp"

#include "events/hash.hpp"

namespace signalbox {

namespace {

constexpr std::string_view bearer_prefix = "sbx_";
constexpr std::size_t id_digits = 32;
constexpr std::size_t secret_bytes = 32;

void put(byte_buffer& out, std::uint64_t x) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(x >> shift & 255));
}

std::uint64_t get(byte_view in) {
  std::uint64_t out = 0;
  for (auto byte : in.first(8))
    out = out << 8 | byte;
  return out;
}

} // namespace

std::string to_string(const consistency_token& x) {
  byte_buffer out;
  put(out, x.incarnation);
  put(out, to_integer(x.index));
  put(out, x.chain);
  return to_base64url(out);
}

result<consistency_token> parse_consistency_token(std::string_view text) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != 24)
    return failure{errc::bad_request,
                   "not a consistency token: pass one as it was answered"};
  byte_view in{*bytes};
  return consistency_token{get(in), log_index{get(in.subspan(8))},
                           get(in.subspan(16))};
}

new_bearer_token make_bearer_token() {
  auto id = random_id<token_id>();
  auto secret = random_id<digest>();
  return {{id, sha256(secret.view())},
          std::string{bearer_prefix} + id.hex() + '_' +
              to_base64url(secret.view())};
}

result<bearer_token> parse_bearer_token(std::string_view text) {
  failure wrong{errc::unauthenticated, "not a bearer token of this service"};
  if (!text.starts_with(bearer_prefix))
    return wrong;
  text.remove_prefix(bearer_prefix.size());
  if (text.size() < id_digits + 1 || text[id_digits] != '_')
    return wrong;
  auto id = token_id::from_hex(text.substr(0, id_digits));
  auto secret = from_base64url(text.substr(id_digits + 1));
  if (!id || !secret || secret->size() != secret_bytes)
    return wrong;
  return bearer_token{*id, sha256(*secret)};
}

} // namespace signalbox
