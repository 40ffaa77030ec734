#include "api/write_operations.hpp"

#include "actors/activity_log.hpp"
#include "actors/publish.hpp"
#include "actors/schema_deprecation.hpp"
#include "api/draft_parameters.hpp"
#include "api/pool_answer.hpp"
#include "api/read_operations.hpp"

// ValidateDraft and Publish.

namespace signalbox::write_operations {

namespace {

/// Of one refused draft, in the audit.
constexpr std::size_t max_noted_findings = 32;

void count_failures(const operation_world& world,
                    const std::vector<finding>& findings) {
  for (auto& x : findings)
    if (x.level == severity::error)
      world.counters.validation_failure(x.rule);
}

/// For the audit: which rules refused what, without any value.
void note_refused(const operation_world& world, const operation_call& call,
                  const validation_report& report) {
  if (world.activity == nullptr)
    return;
  draft_refused out{call.who.principal,
                    "Publish",
                    report.client_id,
                    report.profile,
                    report.policy_set_id,
                    report.policy_version,
                    {},
                    0};
  for (auto& x : report.findings) {
    if (out.findings.size() < max_noted_findings)
      out.findings.push_back({x.rule, x.pointer, x.level != severity::error});
    else
      ++out.left_out;
  }
  world.activity->note(out, call.who.principal, call.request_id);
}

/// A publish on its way to its answer.
struct publishing {
  const operation_world& world;
  std::shared_ptr<operation_call> call;
  operation_reply reply;
  std::string client_id;
  std::string profile;
  std::string key;

  void done(command::conclusion x, publish_result result) const;
  json::object lost_to(const publish_result& result) const;
  void released(const command::conclusion& x, publish_result result) const;
  void name_release(operation_answer refusal,
                    const publish_result& result) const;
};

/// The version in an artifact's core; empty where it was redacted.
std::string released_version(const operation_world& world, log_index release) {
  auto core = world.answers.read_core(release);
  auto document = core ? parse_json(*core, artifact_limits) : core.error();
  auto* version = document && document->is_object()
                      ? document->get_object().if_contains("version")
                      : nullptr;
  return version != nullptr && version->is_string()
             ? std::string{version->get_string()}
             : std::string{};
}

void publishing::released(const command::conclusion& x,
                          publish_result result) const {
  auto& seen = *x.answer.seen;
  auto channel = seen.find_channel(client_id, profile, result.major);
  if (channel == nullptr)
    return reply(answer_failure({errc::bug, "the channel is missing"}));
  const bool created = !x.nothing && !x.answer.replayed;
  // What a retry asks about may not be current any more; nor need what was made
  // just now, where other nodes publish too.
  if (auto* then = seen.change_at(*channel, x.answer.index);
      !x.nothing && then != nullptr &&
      then->artifact != channel->row.artifact) {
    auto answer =
        read_operations::answer_past(world, seen, *channel, x.answer.index);
    answer.token = to_string(x.answer.token);
    if (created && answer.status == 200)
      answer.status = 201;
    return reply(std::move(answer));
  }
  bool ours = created && channel->row.seal_index == x.answer.index &&
              channel->row.change_index == x.answer.index;
  auto prepared = ours ? world.answers.prepare(seen, *channel,
                                               world.answers.just_sealed(
                                                   std::move(result.sealed)))
                       : world.answers.prepare(seen, *channel);
  if (!prepared)
    return reply(answer_failure(prepared.error()));
  auto answer = read_operations::answer_config(**prepared, created ? 201 : 200);
  answer.token = to_string(x.answer.token);
  reply(std::move(answer));
}

/// Who won a race that was lost before anything was written.
json::object publishing::lost_to(const publish_result& result) const {
  auto seen = world.node.view().load();
  auto channel = seen->data->find_channel(client_id, profile, result.major);
  json::object out{{"current_version", channel ? channel->row.version : 0}};
  if (channel != nullptr)
    out["winner"] = to_integer(channel->row.change_index);
  return out;
}

void publishing::done(command::conclusion x, publish_result result) const {
  auto& answer = x.answer;
  if (answer.refused && answer.refused->code == errc::validation_failed) {
    world.counters.published("refused");
    json::object details;
    if (result.report) {
      count_failures(world, result.report->findings);
      note_refused(world, *call, *result.report);
      details["report"] = to_json(*result.report);
    }
    return reply(answer_failure(*answer.refused, std::move(details)));
  }
  if (answer.refused && answer.refused->code == errc::conflict) {
    world.counters.published("conflict");
    return reply(answer_failure(*answer.refused, lost_to(result)));
  }
  bool unchanged =
      x.nothing || (!answer.refused && answer.result == outcome::unchanged);
  if (unchanged || (!answer.refused && answer.result == outcome::accepted)) {
    world.counters.published(unchanged ? "unchanged" : "accepted");
    return released(x, std::move(result));
  }
  world.counters.published(answer.refused ? to_string(answer.refused->code)
                                          : to_string(answer.result));
  auto id = answer.seen || world.node.view().load()
                ? make_event_id(world.node.view().load()->data->ledger.id,
                                call->who.principal, key)
                : event_id{};
  auto refusal = answer_refusal(answer, id, world.ledger_name);
  if (!answer.refused && answer.result == outcome::already_released)
    return name_release(std::move(refusal), result);
  reply(std::move(refusal));
}

/// Adds which release holds the content. Of a retry only the answer is known.
void publishing::name_release(operation_answer refusal,
                              const publish_result& result) const {
  auto seen = world.node.view().load()->data;
  auto channel = seen->find_channel(client_id, profile, result.major);
  auto* release =
      channel ? seen->find_release(*channel, result.artifact) : nullptr;
  if (release == nullptr)
    return reply(std::move(refusal));
  answer_on(world.disk, reply,
            [at = log_index{release->index}, refusal, &world = world,
             artifact = result.artifact] {
              auto out = refusal;
              out.details["artifact_id"] = to_content_id(artifact);
              const auto version = released_version(world, at);
              if (version.empty())
                return out;
              out.failed->message =
                  "this content was released before, as version " + version +
                  ": revert to it instead";
              out.details["version"] = version;
              return out;
            });
}

} // namespace

void validate_draft(const operation_world& world,
                    std::shared_ptr<operation_call> call,
                    operation_reply reply) {
  parameter_reader in{call->params};
  auto draft = read_draft(in);
  auto changelog = in.optional_text("changelog");
  if (in.error())
    return reply(answer_failure(*in.error()));
  answer_on(world.checks, reply, [&world, call, draft, changelog] {
    auto checked = check_request(*call->seen, draft);
    if (!checked)
      return answer_failure(checked.error());
    auto& findings = checked->report.findings;
    if (changelog)
      for (auto& x : check_changelog(*changelog))
        findings.push_back(std::move(x));
    if (auto leaving =
            check_deprecation(*call->seen, draft.client_id,
                              checked->report.schema_ref, world.wall_clock()))
      findings.push_back(std::move(*leaving));
    count_failures(world, findings);
    return answer_json(to_json(checked->report));
  });
}

void publish(const operation_world& world, std::shared_ptr<operation_call> call,
             operation_reply reply) {
  parameter_reader in{call->params};
  publish_request request;
  request.draft = read_draft(in);
  request.changelog = in.text("changelog");
  request.policy_set_id = in.optional_text("policy_set_id");
  request.version = in.optional_text("version");
  request.expected_version = in.optional_number("expected_version");
  if (in.error())
    return reply(answer_failure(*in.error()));
  request.publisher_id = call->who.principal.hex();
  request.token = call->who.token;
  auto context = make_context(world, *call);
  const bool has_key = call->params.contains("idempotency_key");
  const auto id =
      make_event_id(call->seen->ledger.id, context.principal, context.key);
  auto work = std::make_shared<publishing>(
      publishing{world, call, std::move(reply), request.draft.client_id,
                 request.draft.profile, context.key});
  auto propose = [&world, work, request = std::move(request),
                  context = std::move(context)](bool judged) mutable {
    request.judged = judged;
    world.node.submit(make_publish(
        std::move(request), std::move(context), world.keys, world.wall_clock,
        [work](command::conclusion x, publish_result result) {
          work->done(std::move(x), std::move(result));
        }));
  };
  if (!has_key)
    return propose(false);
  world.node.find(
      id, std::make_shared<answer_once>(
              [propose = std::move(propose)](const command_answer& x) mutable {
                propose(!x.refused && !may_be_judged_again(x.result));
              }));
}

} // namespace signalbox::write_operations
