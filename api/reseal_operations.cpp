#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "actors/publish.hpp"
#include "events/aggregate.hpp"
#include "events/artifact.hpp"

#include <algorithm>

// Reseal: a new signature over the stored core of a current artifact, so that
// the key that sealed it can be revoked.

namespace signalbox::write_operations {

namespace {

/// The artifact must still be one that today's schema and rules let through.
std::optional<failure> check_again(const view& seen, const channel_row& row,
                                   const std::string& core) {
  auto document = parse_json(core, artifact_limits);
  if (!document || !document->is_object())
    return failure{errc::log_corrupt, "the stored artifact cannot be read"};
  auto& object = document->get_object();
  auto checked = check_request(
      seen, {row.client_id, row.profile, to_canonical(object["payload"]),
             std::string{object["schema_ref"].as_string()}});
  if (!checked)
    return checked.error();
  auto& findings = checked->report.findings;
  if (std::any_of(findings.begin(), findings.end(), forbids))
    return failure{errc::validation_failed,
                   "the current artifact no longer passes schema and policy: "
                   "publish a better one instead"};
  return std::nullopt;
}

result<preparation> reseal(const operation_world& world, const view& seen,
                           const channel_view& channel,
                           const operation_call& call) {
  auto& row = channel.row;
  auto& key = world.keys->seal;
  if (row.key == key.public_part().key_id())
    return preparation{nothing_to_do{}};
  auto stored = world.answers.read(
      seen, {row.artifact_index, row.seal_index, row.change_index, row.key});
  if (!stored)
    return stored.error();
  if (auto wrong = check_again(seen, row, stored->core))
    return *wrong;
  auto signature = seal(stored->core, key);
  proposal_draft out;
  out.body = event::artifact_resealed{out.keep(row.client_id),
                                      out.keep(row.profile), row.major,
                                      row.artifact, key.public_part().key_id()};
  out.preconditions.emplace_back(
      channel_aggregate(row.client_id, row.profile, row.major), row.version);
  out.add_part(std::string{as_text(signature)});
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

} // namespace

void reseal_artifact(const operation_world& world,
                     std::shared_ptr<operation_call> call,
                     operation_reply reply) {
  parameter_reader in{call->params};
  auto client = in.text("client_id");
  auto profile = in.text("profile");
  auto major = in.optional_major("major");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto* where = call->seen->documents->find_profile(client, profile);
  if (where == nullptr)
    return reply(answer_failure(read_operations::no_such_profile()));
  auto number = major.value_or(where->row.default_major);
  if (!call->seen->find_channel(client, profile, number))
    return reply(answer_failure(
        {errc::not_found, "nothing is released in this profile yet"}));
  json::object body{{"client_id", client},
                    {"profile", profile},
                    {"major", number},
                    {"key_id", world.keys->seal.public_part().key_id().hex()}};
  submit(
      world, call, std::move(reply),
      [&world, call, client, profile,
       number](const view& seen) -> result<preparation> {
        return reseal(world, seen, *seen.find_channel(client, profile, number),
                      *call);
      },
      std::move(body));
}

} // namespace signalbox::write_operations
