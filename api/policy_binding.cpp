#include "api/policy_binding.hpp"

#include "api/read_support.hpp"
#include "api/submit.hpp"

namespace signalbox {

result<const catalog_policy_set*> choose_policy_set(const catalog& documents,
                                                    const policy_binding& x) {
  auto* newest = documents.newest_policy_set(x.policy_set_id);
  if (newest != nullptr && !x.version)
    return newest;
  auto* out = x.version ? documents.find_policy_set(x.policy_set_id, *x.version)
                        : nullptr;
  if (out != nullptr && out->rules)
    return out;
  if (out != nullptr)
    return failure{errc::unavailable,
                   "this node cannot read the policy set: its log says why"};
  if (newest != nullptr)
    return failure{errc::not_found,
                   "the policy set has no such version; its newest is " +
                       newest->version,
                   "/version"};
  return failure{errc::not_found,
                 "there is no policy set of this id; ListPolicySets names them",
                 "/policy_set_id"};
}

result<preparation> prepare_binding(const policy_binding& x, const view& seen,
                                    const operation_call& call) {
  auto* profile = seen.documents->find_profile(x.client_id, x.profile);
  if (profile == nullptr)
    return seen.documents->find_family(x.client_id) == nullptr
               ? read_operations::no_such_client()
               : read_operations::no_such_profile();
  auto chosen = choose_policy_set(*seen.documents, x);
  if (!chosen)
    return chosen.error();
  auto& rules = **chosen;
  if (profile->policy &&
      profile->policy->policy_set_id == rules.policy_set_id &&
      profile->policy->version == rules.version)
    return preparation{nothing_to_do{}};
  proposal_draft out;
  out.body = event::policy_bound{out.keep(x.client_id), out.keep(x.profile),
                                 out.keep(rules.policy_set_id),
                                 out.keep(rules.version)};
  write_operations::require_token(out, seen, call);
  return preparation{std::move(out)};
}

} // namespace signalbox
