#include "policy/policy_set.hpp"

#include <algorithm>

#include "policy/checks.hpp"
#include "policy/defaults.hpp"
#include "policy/json_reader.hpp"
#include "policy/names.hpp"

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

std::optional<severity> severity_from_string(std::string_view text) {
  for (auto x : {severity::error, severity::warning})
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

policy_rule read_rule(json_reader& in) {
  in.only({"id", "check", "severity", "message"});
  policy_rule out{in.text("id"), policy_check::literal_secret, severity::error,
                  ""};
  if (!is_name(out.id))
    in.refuse("id", "must be 1 to 63 lower-case letters, digits and hyphens");
  if (auto check = policy_check_from_string(in.text("check")))
    out.check = *check;
  else
    in.refuse("check", "is not a known check");
  if (auto level = severity_from_string(in.text("severity")))
    out.level = *level;
  else
    in.refuse("severity", "must be error or warning");
  out.message = in.text("message");
  return out;
}

void read_rules(json_reader& root, policy_set& out) {
  auto* xs = root.list("rules");
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    json_reader in{root, (*xs)[i], "/rules/" + std::to_string(i)};
    auto rule = read_rule(in);
    if (std::any_of(out.rules.begin(), out.rules.end(),
                    [&](auto& x) { return x.id == rule.id; }))
      in.refuse("id", "stands twice");
    out.rules.push_back(std::move(rule));
  }
}

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

result<policy_set> parse_policy_set(std::string_view text) {
  auto value = parse_json(text);
  if (!value)
    return value.error();
  policy_set out;
  json_reader root{*value};
  root.only({"policy_set_id", "version", "description", "rules"});
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
  if (root.error())
    return *root.error();
  return out;
}

std::vector<finding> evaluate(const policy_set& rules, const family& client,
                              const json_nodes& payload) {
  std::vector<finding> out;
  for (auto& rule : rules.rules) {
    auto hits = run(rule.check, client, payload);
    order(hits);
    for (auto& x : hits) {
      auto message = rule.message;
      if (!x.detail.empty())
        message += " (" + x.detail + ")";
      out.push_back(
          {rule.id, std::move(x.pointer), rule.level, std::move(message)});
    }
  }
  return out;
}

} // namespace signalbox
