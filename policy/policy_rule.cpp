#include "policy/policy_rule.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr policy_check all_checks[] = {
    policy_check::literal_secret,
    policy_check::hidden_unicode,
    policy_check::reserved_key,
    policy_check::tls_verification_off,
    policy_check::code_injection_environment,
    policy_check::pipe_to_shell,
    policy_check::unpinned_package,
    policy_check::plain_http,
    policy_check::server_name,
};

} // namespace

std::string_view to_string(policy_check x) {
  switch (x) {
  case policy_check::literal_secret:
    return "literal-secret";
  case policy_check::hidden_unicode:
    return "hidden-unicode";
  case policy_check::reserved_key:
    return "reserved-key";
  case policy_check::tls_verification_off:
    return "tls-verification-off";
  case policy_check::code_injection_environment:
    return "code-injection-environment";
  case policy_check::pipe_to_shell:
    return "pipe-to-shell";
  case policy_check::unpinned_package:
    return "unpinned-package";
  case policy_check::plain_http:
    return "plain-http";
  case policy_check::server_name:
    return "server-name";
  }
  return "";
}

std::optional<policy_check> policy_check_from_string(std::string_view text) {
  for (auto x : all_checks)
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

bool selects(const rule_selector& rule, std::string_view client_id,
             const policy_target& x) {
  auto fits = [](auto& list, std::string_view text) {
    return !list || list->matches(text);
  };
  auto tagged = [&](auto& list) {
    return std::any_of(x.environment.begin(), x.environment.end(),
                       [&](auto& tag) { return list.matches(tag); });
  };
  return fits(rule.clients, client_id) && fits(rule.profiles, x.profile) &&
         (!rule.environments || tagged(*rule.environments));
}

} // namespace signalbox
