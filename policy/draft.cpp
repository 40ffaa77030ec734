#include "policy/draft.hpp"

#include <iterator>

#include "policy/render.hpp"
#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

void append(std::vector<finding>& out, std::vector<finding> more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

finding from_failure(std::string rule, const failure& x) {
  return {std::move(rule), x.pointer, severity::error, x.message};
}

/// Canonical numbers may be longer than those of the draft.
void check_size(checked_draft& out) {
  if (out.canonical_payload.size() > json_limits{}.bytes)
    out.findings.push_back({"json", "", severity::error,
                            "The canonical form is larger than " +
                                std::to_string(json_limits{}.bytes) +
                                " bytes"});
}

void check_schema(checked_draft& out, const family& client,
                  const schema_validator& schema, std::string_view ref) {
  if (!client.find_schema(ref))
    out.findings.push_back(
        {"schema-ref", "", severity::error, "The family has no such schema"});
  append(out.findings, schema.validate(out.payload));
}

void check_render(checked_draft& out, const family& client) {
  if (client.render == render_kind::json || has_errors(out.findings))
    return;
  auto text = render(client.render, out.payload, out.canonical_payload);
  if (text)
    out.rendered = rendered_file{client.media_type, std::move(*text)};
  else
    out.findings.push_back(from_failure("render", text.error()));
}

/// What policy made of a draft must be JSON within the limits again.
void apply_changes(checked_draft& out, const family& client,
                   const policy_set& policy, const policy_target& where) {
  out.findings = transform(policy, client, where, out.payload);
  out.canonical_payload = to_canonical(out.payload);
  check_size(out);
  if (out.findings.empty() || has_errors(out.findings))
    return;
  auto again = parse_json(out.canonical_payload);
  if (!again)
    return out.findings.push_back(from_failure("json", again.error()));
  // What is sealed must be what the rules leave alone.
  for (auto& x : transform(policy, client, where, *again))
    out.findings.push_back(
        {x.rule, x.pointer, severity::error,
         "The policy set changes again what it has changed: its rules "
         "contradict each other. Mend the set"});
}

} // namespace

checked_draft check_draft(const family& client, const schema_validator& schema,
                          std::string_view schema_ref, const policy_set& policy,
                          std::string_view draft_text,
                          const policy_target& where) {
  checked_draft out;
  auto parsed = parse_json(draft_text);
  if (!parsed) {
    out.findings.push_back(from_failure("json", parsed.error()));
  } else {
    out.payload = std::move(*parsed);
    apply_changes(out, client, policy, where);
    json_nodes nodes{out.payload};
    check_schema(out, client, schema, schema_ref);
    auto inputs = client.inputs.find(nodes);
    out.inputs = std::move(inputs.names);
    append(out.findings, std::move(inputs.findings));
    append(out.findings, evaluate(policy, client, nodes, where));
    check_render(out, client);
  }
  // A secret that stands as a key must not come back in a pointer.
  for (auto& x : out.findings)
    x.pointer = without_secrets(x.pointer);
  return out;
}

json::object to_json(const finding& x) {
  json::object out{{"rule", x.rule},
                   {"pointer", x.pointer},
                   {"severity", to_string(x.level)},
                   {"message", x.message}};
  if (x.done != change::none)
    out["action"] = to_string(x.done);
  return out;
}

json::value to_json(const validation_report& x) {
  json::array errors;
  json::array warnings;
  json::array changes;
  auto list_of = [&](severity level) -> json::array& {
    switch (level) {
    case severity::error:
      return errors;
    case severity::warning:
      return warnings;
    case severity::changed:
      return changes;
    }
    return errors;
  };
  for (auto& found : x.findings)
    list_of(found.level).push_back(to_json(found));
  return {{"valid", errors.empty()},
          {"client_id", x.client_id},
          {"profile", x.profile},
          {"schema_ref", x.schema_ref},
          {"policy_set_id", x.policy_set_id},
          {"policy_version", x.policy_version},
          {"errors", std::move(errors)},
          {"warnings", std::move(warnings)},
          {"changes", std::move(changes)}};
}

} // namespace signalbox
