#include "policy/policy_samples.hpp"

#include <algorithm>
#include <set>

#include "policy/defaults.hpp"
#include "policy/draft.hpp"
#include "policy/json_reader.hpp"

namespace signalbox {

namespace {

policy_sample read_sample(json_reader& in) {
  in.only({"name", "client_id", "profile", "environment", "schema_ref",
           "payload", "expect", "rules", "becomes"});
  policy_sample out;
  out.name = in.text("name");
  out.client_id = in.text("client_id");
  out.profile = in.optional_text("profile").value_or("default");
  if (in.has("environment"))
    out.environment = in.texts("environment");
  out.schema_ref = in.optional_text("schema_ref");
  if (auto* payload = in.value("payload"))
    out.payload = *payload;
  if (auto verdict = sample_verdict_from_string(in.text("expect")))
    out.expected = *verdict;
  else
    in.refuse("expect", "must be pass, refuse or change");
  if (in.has("rules"))
    out.rules = in.texts("rules");
  if (in.has("becomes"))
    out.becomes = *in.value("becomes");
  if (out.becomes && out.expected != sample_verdict::change)
    in.refuse("becomes", "goes with expect change only");
  return out;
}

severity severity_of(sample_verdict x) {
  switch (x) {
  case sample_verdict::pass:
    return severity::warning;
  case sample_verdict::refuse:
    return severity::error;
  case sample_verdict::change:
    return severity::changed;
  }
  return severity::error;
}

std::string joined(const std::set<std::string>& xs) {
  std::string out;
  for (auto& x : xs)
    out += (out.empty() ? "" : ", ") + x;
  return out.empty() ? "none" : out;
}

std::string compare(const policy_sample& sample, const checked_draft& draft) {
  auto verdict = verdict_of(draft.findings);
  if (verdict != sample.expected)
    return "expected " + std::string{to_string(sample.expected)} + ", got " +
           std::string{to_string(verdict)};
  if (sample.rules) {
    std::set<std::string> wanted{sample.rules->begin(), sample.rules->end()};
    std::set<std::string> found;
    for (auto& x : draft.findings)
      if (x.level == severity_of(verdict))
        found.insert(x.rule);
    if (found != wanted)
      return "expected the rules " + joined(wanted) + ", got " + joined(found);
  }
  if (sample.becomes &&
      to_canonical(*sample.becomes) != draft.canonical_payload)
    return "the changed payload is not what `becomes` says";
  return {};
}

sample_result run(const policy_set& rules, const policy_sample& sample,
                  const find_sample_grounds& find) {
  sample_result out;
  out.name = sample.name;
  out.expected = sample.expected;
  auto under = find(sample);
  if (!under) {
    out.verdict = sample_verdict::refuse;
    out.problem = under.error().message;
    return out;
  }
  policy_target where{sample.profile, {}};
  if (auto* profile = under->client.find_profile(sample.profile))
    where.environment = profile->environment;
  if (sample.environment)
    where.environment = *sample.environment;
  auto draft = check_draft(under->client, under->schema, under->schema_ref,
                           rules, to_canonical(sample.payload), where);
  out.verdict = verdict_of(draft.findings);
  out.problem = compare(sample, draft);
  out.findings = std::move(draft.findings);
  return out;
}

} // namespace

std::string_view to_string(sample_verdict x) {
  switch (x) {
  case sample_verdict::pass:
    return "pass";
  case sample_verdict::refuse:
    return "refuse";
  case sample_verdict::change:
    return "change";
  }
  return "refuse";
}

std::optional<sample_verdict>
sample_verdict_from_string(std::string_view text) {
  for (auto x :
       {sample_verdict::pass, sample_verdict::refuse, sample_verdict::change})
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

std::vector<policy_sample> read_samples(json_reader& root) {
  std::vector<policy_sample> out;
  if (!root.has("samples"))
    return out;
  auto* xs = root.list("samples");
  if (xs && xs->size() > policy_defaults::max_samples)
    root.refuse("samples", "must be " +
                               std::to_string(policy_defaults::max_samples) +
                               " at most");
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    json_reader in{root, (*xs)[i], "/samples/" + std::to_string(i)};
    out.push_back(read_sample(in));
    if (std::any_of(out.begin(), out.end() - 1,
                    [&](auto& x) { return x.name == out.back().name; }))
      in.refuse("name", "stands twice");
  }
  return out;
}

result<std::vector<policy_sample>> parse_samples(std::string_view text) {
  auto value = parse_json(text);
  if (!value)
    return value.error();
  json_reader root{*value};
  root.only({"samples"});
  root.list("samples");
  auto out = read_samples(root);
  if (root.error())
    return *root.error();
  return out;
}

std::vector<sample_result>
run_samples(const policy_set& rules, const std::vector<policy_sample>& samples,
            const find_sample_grounds& grounds) {
  std::vector<sample_result> out;
  for (auto& x : samples)
    out.push_back(run(rules, x, grounds));
  return out;
}

sample_verdict verdict_of(const std::vector<finding>& findings) {
  if (has_errors(findings))
    return sample_verdict::refuse;
  bool changed = std::any_of(findings.begin(), findings.end(), [](auto& x) {
    return x.level == severity::changed;
  });
  return changed ? sample_verdict::change : sample_verdict::pass;
}

bool all_pass(const std::vector<sample_result>& xs) {
  return std::all_of(xs.begin(), xs.end(),
                     [](auto& x) { return x.problem.empty(); });
}

json::array to_json(const std::vector<sample_result>& xs) {
  json::array out;
  for (auto& x : xs) {
    json::array findings;
    for (auto& one : x.findings)
      findings.emplace_back(to_json(one));
    out.emplace_back(json::object{{"name", x.name},
                                  {"passed", x.problem.empty()},
                                  {"expected", to_string(x.expected)},
                                  {"verdict", to_string(x.verdict)},
                                  {"problem", x.problem},
                                  {"findings", std::move(findings)}});
  }
  return out;
}

} // namespace signalbox
