#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/family.hpp"
#include "policy/finding.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// What a rule looks for.
enum class policy_check {
  literal_secret,
  hidden_unicode,
  reserved_key,
  tls_verification_off,
  code_injection_environment,
  pipe_to_shell,
  unpinned_package,
  plain_http,
  server_name,
};

std::string_view to_string(policy_check x);
std::optional<policy_check> policy_check_from_string(std::string_view text);

struct policy_rule {
  std::string id;
  policy_check check;
  severity level;
  std::string message; ///< fixed text, without any value
};

/// Versioned rules that a payload must pass before it is signed (FR-7).
struct policy_set {
  std::string id;
  semver version;
  std::string description;
  std::vector<policy_rule> rules;
};

/// Parses a set (`schemas/policies/README.md`). Strict: unknown keys, checks
/// and severities, odd ids and doubled rules are refused.
/// Errors: `bad_json`, `too_large`, `bad_request`, each with the pointer.
result<policy_set> parse_policy_set(std::string_view text);

/// Findings in the order of the rules, then of the pointers; per rule at most
/// policy_defaults::max_findings, one per pointer. Pure.
std::vector<finding> evaluate(const policy_set& rules, const family& client,
                              const json_nodes& payload);

} // namespace signalbox
