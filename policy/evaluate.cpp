#include <algorithm>
#include <memory>

#include "policy/defaults.hpp"
#include "policy/list_checks.hpp"
#include "policy/payload_facts.hpp"
#include "policy/policy_set.hpp"

namespace signalbox {

namespace {

std::vector<hit> run(policy_check check, const family& client,
                     const json_nodes& payload) {
  switch (check) {
  case policy_check::literal_secret:
    return find_literal_secrets(client, payload);
  case policy_check::hidden_unicode:
    return find_hidden_unicode(payload);
  case policy_check::reserved_key:
    return find_reserved_keys(payload);
  case policy_check::tls_verification_off:
    return find_tls_verification_off(client, payload);
  case policy_check::code_injection_environment:
    return find_code_injection(client, payload);
  case policy_check::pipe_to_shell:
    return find_pipe_to_shell(client, payload);
  case policy_check::unpinned_package:
    return find_unpinned_packages(client, payload);
  case policy_check::plain_http:
    return find_plain_http(client, payload);
  case policy_check::server_name:
    return find_bad_server_names(client, payload);
  }
  return {};
}

void order(std::vector<hit>& hits) {
  auto less = [](auto& x, auto& y) { return x.pointer < y.pointer; };
  std::stable_sort(hits.begin(), hits.end(), less);
  auto same = [](auto& x, auto& y) { return x.pointer == y.pointer; };
  hits.erase(std::unique(hits.begin(), hits.end(), same), hits.end());
  if (hits.size() > policy_defaults::max_findings)
    hits.resize(policy_defaults::max_findings);
}

/// Runs rules over one payload; what several of them look at is found once.
class judge {
 public:
  judge(const family& client, const json_nodes& payload)
      : client_{client}, payload_{payload} {}

  std::vector<hit> operator()(policy_check x) {
    return run(x, client_, payload_);
  }
  std::vector<hit> operator()(const server_action& x) {
    return places_of(find_servers(x, facts()));
  }
  std::vector<hit> operator()(const value_action& x) {
    return places_of(find_values(x, payload_));
  }
  std::vector<hit> operator()(const command_action& x) {
    return find_commands(x, facts());
  }
  std::vector<hit> operator()(const host_action& x) {
    return find_hosts(x, facts());
  }
  std::vector<hit> operator()(const package_action& x) {
    return find_packages(x, facts());
  }
  std::vector<hit> operator()(const pin_action& x) {
    return find_unmet_pins(x, facts());
  }
  std::vector<hit> operator()(const require_action& x) {
    return find_missing(x, *payload_[0].value);
  }
  std::vector<hit> operator()(const redact_action&) { return {}; }
  std::vector<hit> operator()(const default_action&) { return {}; }

 private:
  std::vector<hit> places_of(const std::vector<std::size_t>& nodes) const {
    std::vector<hit> out;
    for (auto i : nodes)
      out.push_back({payload_.pointer(i)});
    return out;
  }

  const payload_facts& facts() {
    if (!facts_)
      facts_ = std::make_unique<payload_facts>(client_, payload_);
    return *facts_;
  }

  const family& client_;
  const json_nodes& payload_;
  std::unique_ptr<payload_facts> facts_;
};

void add(std::vector<finding>& out, const policy_rule& rule,
         std::vector<hit> hits) {
  order(hits);
  for (auto& x : hits) {
    auto message = rule.message;
    if (!x.detail.empty())
      message += " (" + x.detail + ")";
    out.push_back(
        {rule.id, std::move(x.pointer), rule.level, std::move(message)});
  }
}

bool refuses_secrets(const policy_rule& x) {
  auto* check = std::get_if<policy_check>(&x.action);
  return check && *check == policy_check::literal_secret &&
         x.level == severity::error;
}

const policy_rule& secret_rule() {
  static const policy_rule rule{
      std::string{secret_rule_id},
      {},
      policy_check::literal_secret,
      severity::error,
      "This value looks like a secret. Put a reference to an input here, and "
      "replace the secret if it was ever in use."};
  return rule;
}

} // namespace

std::vector<finding> evaluate(const policy_set& rules, const family& client,
                              const json_nodes& payload,
                              const policy_target& where) {
  judge hits_of{client, payload};
  std::vector<finding> out;
  bool refused_secrets = false;
  for (auto& rule : rules.rules) {
    if (rule.changes() || !selects(rule.select, client.client_id, where))
      continue;
    refused_secrets = refused_secrets || refuses_secrets(rule);
    add(out, rule, std::visit(hits_of, rule.action));
  }
  if (!refused_secrets)
    add(out, secret_rule(), hits_of(policy_check::literal_secret));
  return out;
}

} // namespace signalbox
