#include "api/request_limits.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

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

payer payer_at(std::string_view peer) {
  constexpr std::size_t ipv4_bytes = 4, network_bytes = 8;
  const std::string text{peer};
  in_addr ipv4{};
  if (::inet_pton(AF_INET, text.c_str(), &ipv4) == 1)
    return make_payer(payer_kind::ipv4, &ipv4, ipv4_bytes);
  in6_addr ipv6{};
  if (::inet_pton(AF_INET6, text.c_str(), &ipv6) != 1)
    return {};
  if (IN6_IS_ADDR_V4MAPPED(&ipv6))
    return make_payer(payer_kind::ipv4, &ipv6.s6_addr[12], ipv4_bytes);
  return make_payer(payer_kind::ipv6, &ipv6, network_bytes);
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

payer payer_of(const caller& who, std::string_view peer) {
  if (who.anonymous())
    return payer_at(peer);
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
