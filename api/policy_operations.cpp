#include "api/policy_bindings.hpp"
#include "api/policy_preview.hpp"
#include "api/pool_answer.hpp"
#include "api/read_operations.hpp"
#include "api/write_operations.hpp"

#include <map>

// ListPolicySets, GetPolicySet and BindPolicySet.

namespace signalbox {

namespace {

/// Profiles by the set that they are bound to, `id/version`.
std::map<std::string, json::array> bound_profiles(const catalog& documents) {
  std::map<std::string, json::array> out;
  for (auto& [key, x] : documents.profiles)
    if (x->policy)
      out[x->policy->policy_set_id + '/' + x->policy->version].emplace_back(
          key);
  return out;
}

json::object set_json(const catalog_policy_set& x) {
  json::object out{{"policy_set_id", x.policy_set_id},
                   {"version", x.version},
                   {"readable", bool(x.rules)}};
  if (x.rules) {
    out["description"] = x.rules->description;
    out["rule_count"] = x.rules->rules.size();
    out["sample_count"] = x.rules->samples.size();
  }
  return out;
}

/// What BindPolicySet was asked for.
policy_binding read_binding(parameter_reader& in) {
  return {in.text("client_id"), in.text("profile"), in.text("policy_set_id"),
          in.optional_text("version")};
}

json::object named(const policy_binding& x, const catalog_policy_set& rules) {
  return {{"client_id", x.client_id},
          {"profile", x.profile},
          {"policy_set_id", rules.policy_set_id},
          {"version", rules.version}};
}

operation_answer answer_preview(const operation_world& world, const view& seen,
                                const policy_binding& x) {
  auto rules = choose_policy_set(*seen.documents, x);
  if (!rules)
    return answer_failure(rules.error());
  auto channels = preview_policy(world, seen, x.client_id, x.profile, **rules);
  if (!channels)
    return answer_failure(channels.error());
  auto out = named(x, **rules);
  out["dry_run"] = true;
  out["channels"] = std::move(*channels);
  return answer_json(std::move(out));
}

} // namespace

void read_operations::list_policy_sets(const operation_world&,
                                       std::shared_ptr<operation_call> call,
                                       operation_reply reply) {
  auto& documents = *call->seen->documents;
  auto bound = bound_profiles(documents);
  json::array out;
  for (auto& [key, x] : documents.policy_sets) {
    auto one = set_json(*x);
    one["bound_to"] = std::move(bound[key]);
    out.emplace_back(std::move(one));
  }
  reply(answer_json(out));
}

void read_operations::get_policy_set(const operation_world&,
                                     std::shared_ptr<operation_call> call,
                                     operation_reply reply) {
  parameter_reader in{call->params};
  policy_binding wanted{"", "", in.text("policy_set_id"),
                        in.optional_text("version")};
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto found = choose_policy_set(*call->seen->documents, wanted);
  if (!found)
    return reply(answer_failure(found.error()));
  reply(answer_text((*found)->text));
}

void write_operations::bind_policy_set(const operation_world& world,
                                       std::shared_ptr<operation_call> call,
                                       operation_reply reply) {
  parameter_reader in{call->params};
  auto request = read_binding(in);
  const bool dry_run = in.flag("dry_run");
  if (in.error())
    return reply(answer_failure(*in.error()));
  if (dry_run)
    return answer_on(world.checks, reply, [&world, call, request] {
      return answer_preview(world, *call->seen, request);
    });
  auto rules = choose_policy_set(*call->seen->documents, request);
  if (!rules)
    return reply(answer_failure(rules.error()));
  request.version = (*rules)->version; // what is answered is what is bound
  if (request.client_id == "*" || request.profile == "*")
    return bind_profiles(world, call, reply, request);
  bind_profile(world, call, std::move(reply), request);
}

} // namespace signalbox
