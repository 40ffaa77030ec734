#include "policy/policy_set.hpp"

#include <algorithm>

#include "policy/defaults.hpp"
#include "policy/json_reader.hpp"
#include "policy/names.hpp"
#include "policy/rule_reader.hpp"

namespace signalbox {

namespace {

void read_rules(json_reader& root, policy_set& out) {
  auto* xs = root.list("rules");
  if (xs && xs->size() > policy_defaults::max_rules)
    root.refuse("rules", "must be " +
                             std::to_string(policy_defaults::max_rules) +
                             " at most");
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    json_reader in{root, (*xs)[i], "/rules/" + std::to_string(i)};
    auto rule = read_rule(in);
    if (out.has_rule(rule.id))
      in.refuse("id", "stands twice");
    out.rules.push_back(std::move(rule));
  }
}

} // namespace

bool policy_set::has_rule(std::string_view wanted) const {
  return std::any_of(rules.begin(), rules.end(),
                     [&](auto& x) { return x.id == wanted; });
}

result<policy_set> parse_policy_set(std::string_view text) {
  auto value = parse_json(text, {policy_defaults::max_policy_set});
  if (!value)
    return value.error();
  policy_set out;
  json_reader root{*value};
  root.only({"policy_set_id", "version", "description", "rules", "samples"});
  out.id = root.text("policy_set_id");
  if (!is_name(out.id))
    root.refuse("policy_set_id",
                "must be 1 to 63 lower-case letters, digits and hyphens");
  auto version = semver::parse(root.text("version"));
  if (version)
    out.version = std::move(*version);
  else
    root.refuse("version", version.error().message);
  out.description = root.text("description");
  read_rules(root, out);
  out.samples = read_samples(root);
  if (root.error())
    return *root.error();
  return out;
}

} // namespace signalbox
