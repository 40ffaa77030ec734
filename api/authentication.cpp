#include "api/authentication.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::string_view scheme = "bearer ";

bool has_scheme(std::string_view text) {
  auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [&](char x, char y) { return x == lower(y); });
}

/// Takes as long for a near miss as for a far one.
bool equal_in_constant_time(const digest& x, const digest& y) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < digest::size(); ++i)
    difference |= static_cast<unsigned>(x.value[i] ^ y.value[i]);
  return difference == 0;
}

bool holds(const token_row& x, timestamp now) {
  return !x.revoked && (x.expires_at == timestamp{} || x.expires_at > now);
}

} // namespace

bool is_still_known(const caller& who, const view& seen, timestamp now) {
  auto token = seen.access->tokens.find(*who.token);
  auto principal = seen.access->principals.find(who.principal);
  return token != seen.access->tokens.end() &&
         holds(token->second.first, now) &&
         principal != seen.access->principals.end() &&
         principal->second.active && principal->second.roles == who.roles;
}

result<caller> authenticate(std::string_view authorization, const view& seen,
                            timestamp now) {
  if (authorization.empty())
    return caller{};
  failure refused{errc::unauthenticated,
                  "the bearer token is not valid: ask your administrator for "
                  "another"};
  if (!has_scheme(authorization))
    return refused;
  auto token = parse_bearer_token(authorization.substr(scheme.size()));
  if (!token)
    return refused;
  auto i = seen.access->tokens.find(token->id);
  if (i == seen.access->tokens.end())
    return refused;
  auto& row = i->second.first;
  if (!equal_in_constant_time(row.secret, token->secret_digest) ||
      !holds(row, now))
    return refused;
  auto principal = seen.access->principals.find(row.principal);
  if (principal == seen.access->principals.end() || !principal->second.active)
    return refused;
  return caller{row.principal, token->id, principal->second.roles};
}

} // namespace signalbox
