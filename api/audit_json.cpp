#include "api/audit_json.hpp"

#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/record.hpp"
#include "events/token.hpp"
#include "policy/access.hpp"

#include <boost/json/array.hpp>

namespace signalbox {

namespace {

template <class Text>
void put_text(json::object& to, std::string_view name, const Text& x) {
  if (!x.empty())
    to[name] = json::string_view{x.data(), x.size()};
}

void put_time(json::object& to, std::string_view name, timestamp x) {
  if (x != timestamp{})
    to[name] = to_rfc3339(x);
}

template <class Id>
void put_id(json::object& to, std::string_view name, const Id& x) {
  if (!x.is_zero())
    to[name] = x.hex();
}

bool is_release(const audit_record& x) {
  return x.kind == "artifact_published" || x.kind == "channel_reverted" ||
         x.kind == "artifact_resealed";
}

json::object signer_of(const audit_record& x) {
  json::object out;
  if (x.key)
    out["key_id"] = x.key->hex();
  put_id(out, "node", x.node);
  return out;
}

void put_release(json::object& to, const audit_record& x) {
  if (x.major)
    to["major"] = *x.major;
  if (x.channel_version)
    to["channel_version"] = *x.channel_version;
  to["signer"] = signer_of(x);
  put_id(to, "publisher_id", x.principal);
  if (x.text)
    to["changelog"] = *x.text;
  else
    to["changelog"] = nullptr; // redacted
  if (x.kind == "channel_reverted")
    to["forced"] = x.forced;
}

json::value expectation_json(const expectation& x) {
  switch (x.what) {
  case expectation::kind::any:
    return "any";
  case expectation::kind::none:
    return "none";
  case expectation::kind::exists:
    return "exists";
  case expectation::kind::exactly:
    return x.version;
  }
  return nullptr;
}

json::array parts_json(const envelope& x, byte_view record) {
  const auto held = parts_of(record);
  json::array out;
  for (std::size_t i = 0; i < x.parts.size(); ++i) {
    json::object part{{"name", x.parts[i].hex()}};
    if (i < held.size() && held[i])
      part["bytes"] = held[i]->bytes.size();
    else
      part["redacted"] = true;
    out.emplace_back(std::move(part));
  }
  return out;
}

json::array roles_json(role_mask x) {
  json::array out;
  for (auto y : {role::reader, role::publisher, role::operator_role,
                 role::auditor, role::administrator, role::node})
    if ((x & static_cast<role_mask>(y)) != 0)
      out.emplace_back(to_string(y));
  return out;
}

/// What events say beyond the record, by their members.
template <class Event>
json::object event_json(const Event& x) {
  json::object out;
  if constexpr (requires { x.token; })
    out["token_id"] = x.token.hex();
  if constexpr (requires { x.principal; })
    out["principal_id"] = x.principal.hex();
  if constexpr (requires { x.roles; })
    out["roles"] = roles_json(x.roles);
  if constexpr (requires { x.active; })
    out["active"] = x.active;
  if constexpr (requires { x.expires_at; })
    put_time(out, "expires_at", x.expires_at);
  if constexpr (requires { x.incarnation; })
    out["incarnation"] = x.incarnation;
  if constexpr (requires { x.fold_version; })
    out["fold_version"] = x.fold_version;
  if constexpr (requires { x.default_major; })
    out["default_major"] = x.default_major;
  if constexpr (requires { x.template_id; }) {
    put_text(out, "template_id", x.template_id);
    put_text(out, "template_version", x.version);
  }
  if constexpr (requires { x.document; })
    out["document"] = to_content_id(x.document);
  if constexpr (requires { x.command; })
    out["command_id"] = x.command.hex();
  if constexpr (requires { x.environment; }) {
    json::array tags;
    for (auto& tag : x.environment)
      tags.emplace_back(json::string_view{tag.data(), tag.size()});
    out["environment"] = std::move(tags);
  }
  if constexpr (requires { x.schemas; }) {
    json::array refs;
    for (auto& y : x.schemas)
      refs.emplace_back(
          json::string_view{y.schema_ref.data(), y.schema_ref.size()});
    out["schemas"] = std::move(refs);
  }
  if constexpr (requires { x.schema_ref; })
    put_text(out, "schema_ref", x.schema_ref);
  return out;
}

json::object basis_json(const log_basis& x) {
  return {
      {"ledger_id", x.ledger.hex()},
      {"token", to_string(consistency_token{x.incarnation, x.index, x.chain})}};
}

json::object envelope_json(const envelope& x, byte_view record) {
  json::array conditions;
  for (auto& y : x.preconditions)
    conditions.emplace_back(json::object{
        {"aggregate", std::string{y.aggregate}}, {"version", y.version}});
  json::object out{
      {"request_digest", x.request.hex()},
      {"attempt", x.attempt},
      {"aggregate", std::string{x.aggregate}},
      {"expected", expectation_json(x.expected)},
      {"preconditions", std::move(conditions)},
      {"parts", parts_json(x, record)},
      {"event", std::visit([](auto& y) { return event_json(y); }, x.body)}};
  if (x.basis)
    out["basis"] = basis_json(*x.basis);
  put_time(out, "not_after", x.not_after);
  put_text(out, "correlation", x.correlation);
  put_text(out, "causation", x.causation);
  put_text(out, "traceparent", x.traceparent);
  return out;
}

json::array findings_json(const std::vector<finding>& findings) {
  json::array out;
  for (auto& x : findings)
    out.emplace_back(json::object{{"rule", x.rule},
                                  {"pointer", x.pointer},
                                  {"severity", to_string(x.level)}});
  return out;
}

/// What never became an entry of the decisions.
json::object activity_json(const audit_record& x,
                           const std::string& ledger_name) {
  const auto number = std::to_string(to_integer(x.index));
  json::object out{{"status", to_string(x.status)},
                   {"approvals", json::array{}},
                   {"audit_log_uri",
                    "/v1/ledgers/" + ledger_name + "/audit/activity-" + number},
                   {"activity_index", to_integer(x.index)},
                   {"kind", x.kind},
                   {"log_time", to_rfc3339(x.log_time)}};
  put_time(out, "occurred_at", x.occurred_at);
  put_id(out, "principal_id", x.principal);
  put_id(out, "node_id", x.node);
  put_text(out, "operation", x.operation);
  put_text(out, "reason", x.reason);
  put_text(out, "client_id", x.client_id);
  put_text(out, "profile", x.profile);
  put_text(out, "policy_set_id", x.policy_set_id);
  put_text(out, "policy_version", x.policy_version);
  if (x.kind == "draft_refused")
    out["findings"] = findings_json(x.findings);
  if (x.left_out > 0)
    out["findings_left_out"] = x.left_out;
  return out;
}

} // namespace

json::object to_json(const audit_record& x, const std::string& ledger_name) {
  if (x.in_activity)
    return activity_json(x, ledger_name);
  const auto number = to_integer(x.index);
  json::object out;
  if (x.artifact)
    out["artifact_id"] = to_content_id(*x.artifact);
  out["status"] = to_string(x.status);
  out["approvals"] = json::array{};
  out["audit_log_uri"] =
      "/v1/ledgers/" + ledger_name + "/audit/" + std::to_string(number);
  out["index"] = number;
  out["kind"] = x.kind;
  out["outcome"] = to_string(x.result);
  out["log_time"] = to_rfc3339(x.log_time);
  put_time(out, "occurred_at", x.occurred_at);
  put_id(out, "command_id", x.command);
  put_id(out, "principal_id", x.principal);
  put_id(out, "node_id", x.node);
  put_text(out, "client_id", x.client_id);
  put_text(out, "profile", x.profile);
  put_text(out, "version", x.version);
  put_text(out, "policy_set_id", x.policy_set_id);
  put_text(out, "policy_version", x.policy_version);
  if (is_release(x))
    put_release(out, x);
  else if (x.text)
    out["description"] = *x.text;
  if (x.winner)
    out["winner"] = to_integer(*x.winner);
  return out;
}

json::object place_json(const view& seen, log_index index, byte_view record) {
  const auto chain = seen.past->marks[to_integer(index)].chain;
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4)
    digits += "0123456789abcdef"[chain >> shift & 15];
  return {{"chain", std::move(digits)},
          {"envelope_hash", sha256(envelope_of(record)).hex()},
          {"record_bytes", record.size()},
          {"token", to_string(consistency_token{seen.ledger.incarnation, index,
                                                chain})}};
}

json::object entry_json(const view& seen, log_index index, byte_view record) {
  auto command = decode_envelope(envelope_of(record));
  auto out = command ? envelope_json(*command, record) : json::object{};
  for (auto& [name, value] : place_json(seen, index, record))
    out[name] = value;
  return out;
}

} // namespace signalbox
