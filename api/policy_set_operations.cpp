#include "api/pool_answer.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "events/hash.hpp"
#include "policy/json_nodes.hpp"
#include "policy/policy_set.hpp"
#include "policy/secret_scanner.hpp"

// PutPolicySet: a new version of a policy set, once its own samples came to
// what they say (FR-7).

namespace signalbox::write_operations {

namespace {

/// A set that is to be put.
struct new_policy_set {
  std::string text; ///< canonical
  policy_set rules;
};

failure in_document(failure x) {
  x.pointer = "/document" + x.pointer;
  return x;
}

/// The default values of a set where they would stand: below the last token of
/// their pointer, whose name tells what they are. The set was parsed before.
json::value defaults_by_name(const policy_set& rules) {
  json::array out;
  for (auto& rule : rules.rules)
    if (auto* action = std::get_if<default_action>(&rule.action))
      for (auto& x : action->values)
        out.push_back(json::object{{x.at.tokens().back(), x.value}});
  return out;
}

/// The document goes into the log, where nothing is ever taken back.
std::optional<failure> find_secret(const json::value& document,
                                   const policy_set& rules) {
  constexpr auto why = " (a policy set, its samples included, holds no secret)";
  auto found = scan_secrets(json_nodes{document}, {});
  if (!found.empty())
    return failure{errc::validation_failed, found.front().message + why,
                   "/document" + without_secrets(found.front().pointer)};
  const auto defaults = defaults_by_name(rules);
  found = scan_secrets(json_nodes{defaults}, {});
  if (!found.empty())
    return failure{errc::validation_failed, found.front().message + why,
                   "/document/rules"};
  return std::nullopt;
}

result<new_policy_set> read_set(const json::value& document) {
  new_policy_set out{to_canonical(document), {}};
  auto parsed = parse_policy_set(out.text);
  if (!parsed)
    return in_document(parsed.error());
  out.rules = std::move(*parsed);
  if (auto secret = find_secret(document, out.rules))
    return *secret;
  return out;
}

result<sample_grounds> find_grounds(const catalog& documents,
                                    const policy_sample& x) {
  auto* family = documents.find_family(x.client_id);
  if (family == nullptr || !family->descriptor)
    return failure{errc::not_found, "there is no client family of this "
                                    "client_id"};
  const catalog_schema* schema = nullptr;
  if (!x.schema_ref)
    schema = family->newest(family->row.default_major);
  else if (auto i = family->schemas.find(*x.schema_ref);
           i != family->schemas.end())
    schema = i->second.get();
  if (schema == nullptr)
    return failure{errc::not_found,
                   "the client has no schema of this schema_ref"};
  return sample_grounds{*family->descriptor, *schema->validator,
                        schema->schema_ref};
}

std::vector<sample_result> run(const catalog& documents,
                               const new_policy_set& x) {
  return run_samples(x.rules, x.rules.samples, [&](auto& sample) {
    return find_grounds(documents, sample);
  });
}

failure samples_fail() {
  return {errc::validation_failed,
          "samples of the set do not come to what they expect: see `samples`",
          "/document/samples"};
}

/// Two texts of one document are the same set.
bool is_same(const catalog_policy_set& x, const new_policy_set& y) {
  auto known = parse_json(x.text);
  return known && to_canonical(*known) == y.text;
}

result<preparation> prepare(const new_policy_set& x, const view& seen,
                            const operation_call& call) {
  auto& documents = *seen.documents;
  const auto version = to_string(x.rules.version);
  if (auto* known = documents.find_policy_set(x.rules.id, version)) {
    if (is_same(*known, x))
      return preparation{nothing_to_do{}};
    return failure{errc::conflict,
                   "this version exists and says something else: a policy set "
                   "never changes, so give the document a new version",
                   "/document/version"};
  }
  // Families may have changed since the samples were run.
  if (seen.documents != call.seen->documents && !all_pass(run(documents, x)))
    return samples_fail();
  proposal_draft out;
  out.body = event::policy_set_put{out.keep(x.rules.id), out.keep(version),
                                   sha256(as_bytes(x.text))};
  out.expected = {expectation::kind::none, 0};
  out.add_part(x.text);
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

json::object describe(const new_policy_set& x) {
  return {{"policy_set_id", x.rules.id},
          {"version", to_string(x.rules.version)},
          {"rule_count", x.rules.rules.size()},
          {"sample_count", x.rules.samples.size()}};
}

void propose(const operation_world& world,
             const std::shared_ptr<operation_call>& call,
             const std::shared_ptr<const new_policy_set>& set,
             const operation_reply& reply) {
  auto known = std::make_shared<bool>(false);
  submit_then(
      world, call, reply,
      [set, call, known](const view& seen) {
        auto out = prepare(*set, seen, *call);
        *known = out && std::holds_alternative<nothing_to_do>(*out);
        return out;
      },
      [set, known, reply](const command_answer& x) {
        auto answer = answer_json(describe(*set), *known ? 200 : 201);
        answer.token = to_string(x.token);
        reply(std::move(answer));
      });
}

void judge(const operation_world& world,
           const std::shared_ptr<operation_call>& call, bool dry_run,
           const operation_reply& reply) {
  auto set = read_set(*call->params.if_contains("document"));
  if (!set)
    return reply(answer_failure(set.error()));
  auto samples = run(*call->seen->documents, *set);
  if (dry_run) {
    auto out = describe(*set);
    out["dry_run"] = true;
    out["valid"] = all_pass(samples);
    out["samples"] = to_json(samples);
    return reply(answer_json(std::move(out)));
  }
  if (!all_pass(samples))
    return reply(
        answer_failure(samples_fail(), {{"samples", to_json(samples)}}));
  propose(world, call, std::make_shared<const new_policy_set>(std::move(*set)),
          reply);
}

} // namespace

void put_policy_set(const operation_world& world,
                    std::shared_ptr<operation_call> call,
                    operation_reply reply) {
  parameter_reader in{call->params};
  const bool dry_run = in.flag("dry_run");
  if (in.any("document") == nullptr)
    in.fail("document", "is missing");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto work = [&world, call, dry_run, reply] {
    judge(world, call, dry_run, reply);
  };
  if (!world.checks.run(work))
    reply(answer_failure({errc::overloaded,
                          "too many requests wait before this one: try "
                          "again"}));
}

} // namespace signalbox::write_operations
