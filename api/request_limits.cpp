#include "api/request_limits.hpp"

#include <algorithm>

#include <netinet/in.h>
#include <sys/socket.h>

#include "api/defaults.hpp"

namespace signalbox {

namespace {

enum class payer_kind : char { unknown, principal, ipv4, ipv6 };

payer make_payer(payer_kind kind, const void* bytes, std::size_t size) {
  payer out{};
  out[0] = static_cast<char>(kind);
  std::copy_n(static_cast<const char*>(bytes), size, out.begin() + 1);
  return out;
}

payer payer_at(int socket) {
  constexpr std::size_t ipv4_bytes = 4, network_bytes = 8;
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return {};
  if (storage.ss_family == AF_INET)
    return make_payer(payer_kind::ipv4,
                      &reinterpret_cast<sockaddr_in&>(storage).sin_addr,
                      ipv4_bytes);
  const auto& address = reinterpret_cast<sockaddr_in6&>(storage).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address))
    return make_payer(payer_kind::ipv4, &address.s6_addr[12], ipv4_bytes);
  return make_payer(payer_kind::ipv6, &address, network_bytes);
}

operation_answer too_many_requests(rate_limiter::clock::duration wait) {
  using std::chrono::seconds;
  const auto pause = std::chrono::ceil<seconds>(wait).count();
  return answer_failure({errc::overloaded, "too many requests: try again in " +
                                               std::to_string(pause) + " s"},
                        {{"title", "Too many requests"},
                         {"status", 429},
                         {"retry_after", pause}});
}

} // namespace

payer payer_of(const caller& who, int socket) {
  if (who.anonymous())
    return payer_at(socket);
  const auto id = who.principal.view();
  return make_payer(payer_kind::principal, id.data(), id.size());
}

request_limits::request_limits(const request_limits_config& x)
    : tokens_{x.token, max_limited_callers}, addresses_{x.anonymous,
                                                        max_limited_callers} {}

std::optional<operation_answer> request_limits::take(const payer& who) {
  const bool has_token = who[0] == static_cast<char>(payer_kind::principal);
  auto& limiter = has_token ? tokens_ : addresses_;
  const auto wait = limiter.take(who, rate_limiter::clock::now());
  if (!wait)
    return std::nullopt;
  ++(has_token ? refused_tokens_ : refused_addresses_);
  return too_many_requests(*wait);
}

} // namespace signalbox
