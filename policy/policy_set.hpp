#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/family.hpp"
#include "policy/finding.hpp"
#include "policy/json_nodes.hpp"
#include "policy/policy_rule.hpp"
#include "policy/policy_samples.hpp"

namespace signalbox {

/// The rule that every set has, whether it names it or not: no set can permit a
/// literal secret (NFR-5).
inline constexpr std::string_view secret_rule_id = "literal-secret";

/// Versioned rules that a payload must pass before it is signed (FR-7).
struct policy_set {
  std::string id;
  semver version;
  std::string description;
  std::vector<policy_rule> rules;
  std::vector<policy_sample> samples; ///< that travel with it

  bool has_rule(std::string_view id) const;

  /// Whether a finding of this rule comes from policy: one of the set's own, or
  /// secret_rule_id.
  bool may_report(std::string_view rule) const {
    return rule == secret_rule_id || has_rule(rule);
  }
};

/// Parses a set (`docs/policy-model.md`). Strict: unknown keys, actions, checks
/// and severities, odd ids and doubled rules are refused, and what is above the
/// limits of `policy_defaults`.
/// Errors: `bad_json`, `too_large`, `bad_request`, each with the pointer.
result<policy_set> parse_policy_set(std::string_view text);

/// Carries out the rules that change payloads, in their order, each on what the
/// one before left. Findings of severity `changed`, with pointers into the
/// payload as that rule found it; per rule policy_defaults::max_findings and
/// one that counts the others. Pure.
std::vector<finding> transform(const policy_set& rules, const family& client,
                               const policy_target& where,
                               json::value& payload);

/// Findings of the rules that change nothing, in the order of the rules, then
/// of the pointers; per rule at most policy_defaults::max_findings, one per
/// pointer. Literal secrets are errors even where no rule of the set looks for
/// them. Pure.
std::vector<finding> evaluate(const policy_set& rules, const family& client,
                              const json_nodes& payload,
                              const policy_target& where = {});

} // namespace signalbox
