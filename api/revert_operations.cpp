#include "api/read_operations.hpp"
#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "actors/publish.hpp"
#include "events/aggregate.hpp"
#include "events/artifact.hpp"

#include <algorithm>

// Revert (UC-3): an artifact that was released before becomes current again,
// the same bytes under a new head.

namespace signalbox::write_operations {

namespace {

/// What Revert was asked for.
struct revert_request {
  std::string client_id;
  std::string profile;
  std::optional<digest> artifact;
  std::optional<std::string> version;            ///< instead of the artifact
  std::optional<std::uint32_t> major;            ///< of the schema, beside it
  std::optional<std::uint64_t> expected_version; ///< of the channel
  std::string changelog;
  bool forced = false;
  /// The attempt made last was to learn whether the expectation holds.
  bool sounded = false;
};

revert_request read_request(parameter_reader& in) {
  revert_request out;
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  if (auto id = in.optional_text("artifact_id")) {
    out.artifact = from_content_id(*id);
    if (!out.artifact)
      in.fail("artifact_id", "must be sha256: and 64 digits");
  }
  out.version = in.optional_text("version");
  if (out.artifact.has_value() == out.version.has_value())
    in.fail("artifact_id", "name either it or version");
  out.major = in.optional_major("major");
  if (out.major && !out.version)
    in.fail("major", "goes with version");
  out.expected_version = in.optional_number("expected_version");
  out.changelog = in.text("changelog");
  out.forced = in.flag("force");
  return out;
}

result<json::object> read_core(const operation_world& world,
                               const channel_change& release) {
  auto core = world.answers.read_core(log_index{release.index});
  if (!core)
    return core.error();
  auto document = parse_json(*core, artifact_limits);
  if (!document || !document->is_object())
    return failure{errc::log_corrupt, "the stored artifact cannot be read"};
  return std::move(document->get_object());
}

/// All of the profile, the highest major first; also those whose schema this
/// build cannot read.
std::vector<std::shared_ptr<const channel_view>>
channels_of(const view& seen, const revert_request& x) {
  std::vector<std::shared_ptr<const channel_view>> out;
  const auto prefix = x.client_id + '/' + x.profile + '/';
  for (std::uint64_t i = 0; i < seen.channel_count; ++i)
    if (auto& key = seen.past->channel_keys[i]; key.starts_with(prefix))
      if (auto found = seen.find_channel(key))
        out.push_back(std::move(found));
  std::sort(out.begin(), out.end(),
            [](auto& a, auto& b) { return a->row.major > b->row.major; });
  return out;
}

/// The artifact that was released under this version in a channel. Reads the
/// log, once a release. Errors: `not_found`, and those of reading.
result<digest> artifact_in(const operation_world& world, const view& seen,
                           const channel_view& channel,
                           std::string_view version) {
  for (auto i = channel.row.last_change; i != 0;) {
    auto& change = seen.past->changes[i - 1];
    i = change.previous;
    if (change.reverted != 0)
      continue;
    auto core = read_core(world, change);
    if (!core && core.error().code != errc::not_found) // redacted
      return core.error();
    if (core && (*core)["version"] == json::value(version))
      return change.artifact;
  }
  return failure{errc::not_found,
                 "no artifact of this version was released in this profile",
                 "/version"};
}

/// The artifact that was released under this version, in the channel of one
/// major only: where several have it, the caller must choose.
result<digest> artifact_of(const operation_world& world, const view& seen,
                           const revert_request& x) {
  if (seen.documents->find_family(x.client_id) == nullptr)
    return read_operations::no_such_client();
  result<digest> out = failure{
      errc::not_found,
      "no artifact of this version was released in this profile", "/version"};
  std::string found_in;
  for (auto& channel : channels_of(seen, x)) {
    const auto major = channel->row.major;
    if (x.major.value_or(major) != major)
      continue;
    auto found = artifact_in(world, seen, *channel, *x.version);
    if (!found && found.error().code == errc::not_found)
      continue;
    if (!found)
      return found;
    found_in += (found_in.empty() ? "" : ", ") + std::to_string(major);
    if (out)
      return failure{errc::bad_request,
                     "the version was released under several majors of the "
                     "schema (" +
                         found_in + "): name one as major, or the artifact_id",
                     "/major"};
    out = std::move(found);
  }
  return out;
}

/// Whether today's rules forbid the artifact. Its schema may be as it will: a
/// revert has to work while drafts fail their validation.
std::optional<failure> check_rules(const operation_world& world,
                                   const view& seen,
                                   const channel_view& channel,
                                   const digest& artifact) {
  auto* release = seen.find_release(channel, artifact);
  auto core = read_core(world, *release);
  if (!core)
    return core.error();
  auto& row = channel.row;
  auto checked = check_request(
      seen, {row.client_id, row.profile, to_canonical((*core)["payload"]),
             std::string{(*core)["schema_ref"].as_string()}});
  if (!checked)
    return checked.error();
  auto* profile = seen.documents->find_profile(row.client_id, row.profile);
  auto& rules = *profile->policy->rules;
  for (auto& found : checked->report.findings)
    if (forbids(found) && rules.may_report(found.rule))
      return failure{errc::validation_failed,
                     "today's policy forbids this artifact (rule " +
                         found.rule +
                         "): revert to another, or repeat with force"};
  return std::nullopt;
}

std::optional<failure> check_revert(const operation_world& world,
                                    const view& seen,
                                    const channel_view& channel,
                                    const revert_request& x) {
  // As in a publish: a newer expectation may be met by entries that this node
  // has not folded yet, but not after an entry of ours was folded.
  auto& row = channel.row;
  if (x.expected_version && (*x.expected_version < row.version ||
                             (x.sounded && *x.expected_version > row.version)))
    return failure{errc::conflict,
                   "the channel's version is " + std::to_string(row.version) +
                       ", not the expected one: read it and try again",
                   "/expected_version"};
  for (auto& found : check_changelog(x.changelog))
    if (found.level == severity::error)
      return failure{errc::validation_failed, found.message, found.pointer};
  if (!x.forced)
    return check_rules(world, seen, channel, *x.artifact);
  return std::nullopt;
}

result<preparation> prepare_revert(const operation_world& world,
                                   const view& seen, revert_request& x,
                                   const operation_call& call) {
  auto channel =
      read_operations::channel_of(seen, x.client_id, x.profile, *x.artifact);
  if (channel == nullptr)
    return failure{errc::not_found,
                   "this artifact was never released in this profile",
                   "/artifact_id"};
  if (auto wrong = check_revert(world, seen, *channel, x))
    return *wrong;
  auto& row = channel->row;
  const auto expected = x.expected_version.value_or(row.version);
  x.sounded = expected > row.version;
  if (!x.sounded && row.artifact == *x.artifact)
    return preparation{nothing_to_do{}};
  proposal_draft out;
  out.body =
      event::channel_reverted{out.keep(row.client_id), out.keep(row.profile),
                              row.major, *x.artifact, x.forced};
  out.expected = {expectation::kind::exactly, expected};
  // Where the log has moved on the rules are looked at again.
  if (x.sounded)
    out.preconditions.emplace_back(
        channel_aggregate(row.client_id, row.profile, row.major), row.version);
  out.urgent = true;
  out.add_part(x.changelog);
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

void answer_reverted(const operation_world& world, const revert_request& x,
                     const command_answer& answer,
                     const operation_reply& reply) {
  auto& seen = *answer.seen;
  auto channel =
      read_operations::channel_of(seen, x.client_id, x.profile, *x.artifact);
  if (channel == nullptr)
    return reply(answer_failure({errc::bug, "the channel is missing"}));
  // What a retry asks about may not be current any more; nor need what was made
  // just now, where other nodes write too.
  if (auto* then = seen.change_at(*channel, answer.index);
      then != nullptr && channel->row.artifact != *x.artifact) {
    auto out =
        read_operations::answer_past(world, seen, *channel, answer.index);
    out.token = to_string(answer.token);
    return reply(std::move(out));
  }
  auto prepared = world.answers.prepare(seen, *channel);
  // Forced to an artifact under a revoked key: it is current, and not served.
  if (!prepared)
    return reply(answer_failure(prepared.error(),
                                {{"outcome", to_string(outcome::accepted)},
                                 {"index", to_integer(answer.index)}}));
  auto out = read_operations::answer_config(**prepared, 200);
  out.token = to_string(answer.token);
  reply(std::move(out));
}

void submit_revert(const operation_world& world,
                   const std::shared_ptr<operation_call>& call,
                   const std::shared_ptr<revert_request>& request,
                   const operation_reply& reply) {
  submit_then(
      world, call, reply,
      [&world, call, request](const view& seen) {
        return prepare_revert(world, seen, *request, *call);
      },
      [&world, request, reply](const command_answer& x) {
        answer_reverted(world, *request, x, reply);
      });
}

} // namespace

void revert(const operation_world& world, std::shared_ptr<operation_call> call,
            operation_reply reply) {
  parameter_reader in{call->params};
  auto request = std::make_shared<revert_request>(read_request(in));
  if (in.error())
    return reply(answer_failure(*in.error()));
  if (call->seen->documents->find_profile(request->client_id,
                                          request->profile) == nullptr)
    return reply(answer_failure(read_operations::no_such_profile()));
  if (request->artifact)
    return submit_revert(world, call, request, reply);
  auto search = [&world, call, request, reply] {
    auto found = artifact_of(world, *call->seen, *request);
    if (!found)
      return reply(answer_failure(found.error()));
    request->artifact = *found;
    submit_revert(world, call, request, reply);
  };
  if (!world.checks.run(search))
    reply(answer_failure(
        {errc::overloaded, "too many requests wait for the disk: try again"}));
}

} // namespace signalbox::write_operations
