#include "api/policy_binding.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "events/aggregate.hpp"
#include "events/hash.hpp"
#include "policy/names.hpp"
#include "policy/secret_scanner.hpp"

// PutProfile: a named context of a family, with the policy set bound to it.

namespace signalbox::write_operations {

namespace {

constexpr std::size_t max_tags = 16;

/// What PutProfile was asked for.
struct profile_request {
  std::string client_id;
  std::string profile;
  std::optional<std::vector<std::string>> environment;
  std::optional<std::uint32_t> default_major;
  std::optional<std::string> policy_set_id;

  policy_binding binding() const {
    return {client_id, profile, policy_set_id.value_or("baseline"),
            std::nullopt};
  }
};

result<preparation> put(const profile_request& x, const view& seen,
                        const operation_call& call) {
  auto* family = seen.documents->find_family(x.client_id);
  if (family == nullptr)
    return failure{errc::not_found,
                   "there is no client family of this client_id"};
  auto* old = seen.documents->find_profile(x.client_id, x.profile);
  // What is not named stays as it is, or is the family's.
  auto major = x.default_major.value_or(old ? old->row.default_major
                                            : family->row.default_major);
  auto environment = x.environment.value_or(old ? old->row.environment
                                                : std::vector<std::string>{});
  if (family->newest(major) == nullptr)
    return failure{errc::bad_request,
                   "default_major: the family has no schema of this major",
                   "/default_major"};
  proposal_draft out;
  event::profile_put body{
      out.keep(x.client_id), out.keep(x.profile), major, {}};
  for (auto& tag : environment)
    body.environment.push_back(out.keep(tag));
  out.body = std::move(body);
  out.expected = old == nullptr
                     ? expectation{expectation::kind::none, 0}
                     : expectation{expectation::kind::exactly, old->version};
  out.preconditions.emplace_back(family_aggregate(x.client_id),
                                 family->version);
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

profile_request read(parameter_reader& in) {
  profile_request out;
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  out.environment = in.optional_list("environment");
  out.default_major = in.optional_major("default_major");
  out.policy_set_id = in.optional_text("policy_set_id");
  if (!is_name(out.profile) || has_errors(scan_text(out.profile, "/profile")))
    in.fail("profile",
            "must be of a-z, 0-9 and '-', 63 characters at most, and no "
            "secret");
  const auto tags = out.environment.value_or(std::vector<std::string>{});
  if (tags.size() > max_tags)
    in.fail("environment", "must be 16 tags at most");
  for (auto& tag : tags)
    if (!is_name(tag) || has_errors(scan_text(tag, "/environment")))
      in.fail("environment",
              "a tag must be of a-z, 0-9 and '-', and no secret");
  return out;
}

} // namespace

void put_profile(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto request = std::make_shared<profile_request>(read(in));
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto* old =
      call->seen->documents->find_profile(request->client_id, request->profile);
  const bool stays_bound =
      old != nullptr && old->policy && !request->policy_set_id;
  const auto bound =
      stays_bound ? old->policy->rules->id : request->binding().policy_set_id;
  json::object body{{"client_id", request->client_id},
                    {"profile", request->profile},
                    {"policy_set_id", bound}};
  auto prepare = [request, call](const view& seen) {
    return put(*request, seen, *call);
  };
  if (stays_bound)
    return submit(world, call, reply, prepare, body, 201);
  auto rules = choose_policy_set(*call->seen->documents, request->binding());
  if (!rules)
    return reply(answer_failure(rules.error()));
  submit_then(world, call, reply, prepare,
              [&world, call, reply, request, body](const command_answer& x) {
                // Named after the entry that put the profile: a retry repeats
                // it.
                auto second = next_step(
                    *call, "bind-" + std::to_string(to_integer(x.index)));
                submit(
                    world, second, reply,
                    [request, call](const view& seen) {
                      return prepare_binding(request->binding(), seen, *call);
                    },
                    body, 201);
              });
}

} // namespace signalbox::write_operations
