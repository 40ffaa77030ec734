#include "api/policy_binding.hpp"

#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "events/envelope.hpp"
#include "events/record.hpp"

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

namespace {

/// The version that an entry bound: a set may have a newer one since.
result<std::string> bound_version(const event_log& log, log_index index) {
  result<std::string> out =
      failure{errc::log_corrupt, "the entry of the binding is missing"};
  auto read = log.read(index, [&](const log_entry_view& entry) {
    auto command = decode_envelope(envelope_of(entry.record));
    auto* bound =
        command ? std::get_if<event::policy_bound>(&command->body) : nullptr;
    if (bound != nullptr)
      out = std::string{bound->version};
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

} // namespace

void bind_profile(const operation_world& world,
                  const std::shared_ptr<operation_call>& call,
                  operation_reply reply, const policy_binding& x) {
  write_operations::submit_then(
      world, call, reply,
      [x, call](const view& seen) { return prepare_binding(x, seen, *call); },
      [&world, reply, x](const command_answer& y) {
        auto version = y.replayed ? bound_version(world.answers.log(), y.index)
                                  : result<std::string>{*x.version};
        if (!version)
          return reply(answer_failure(version.error()));
        auto answer =
            answer_json(json::object{{"client_id", x.client_id},
                                     {"profile", x.profile},
                                     {"policy_set_id", x.policy_set_id},
                                     {"version", *version}});
        answer.token = to_string(y.token);
        reply(std::move(answer));
      });
}

} // namespace signalbox
