#include "api/accepted_schema.hpp"
#include "api/read_operations.hpp"
#include "api/read_support.hpp"
#include "api/signing.hpp"

#include "events/artifact.hpp"
#include "policy/json_patch.hpp"

#include <algorithm>

// GetConfig and DiffConfig.

namespace signalbox::read_operations {

namespace {

/// An input is a name; a value is refused and never echoed (NFR-5).
bool is_input_name(std::string_view x) {
  return !x.empty() && x.size() <= 128 &&
         std::all_of(x.begin(), x.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
                  c == ':';
         });
}

/// What a caller of GetConfig or DiffConfig asks for.
struct config_query {
  std::string client_id;
  std::string profile;
  std::optional<std::vector<std::string>> accept;
  std::optional<std::vector<std::string>> inputs;
  std::optional<digest> current;
  std::optional<std::string> at;
  std::optional<std::string> token;
  std::string form;
};

result<config_query> read_query(const json::object& params,
                                bool needs_current) {
  parameter_reader in{params};
  config_query out;
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  out.accept = in.optional_list("accept");
  out.inputs = in.optional_list("inputs");
  out.at = in.optional_text("at");
  out.token = in.optional_text("token");
  out.form = in.optional_text("form").value_or("artifact");
  auto current = needs_current ? in.text("current_artifact_id")
                               : in.optional_text("current_artifact_id");
  if (current) {
    out.current = from_content_id(*current);
    if (!out.current)
      in.fail("current_artifact_id", "must be sha256: and 64 digits");
  }
  if (out.inputs &&
      !std::all_of(out.inputs->begin(), out.inputs->end(), is_input_name))
    in.fail("inputs", "must hold names of inputs only, never values");
  if (out.form != "artifact" && out.form != "envelope")
    in.fail("form", "must be artifact or envelope");
  if (in.error())
    return *in.error();
  return out;
}

/// The place in the past that `at` names: a token or a time.
result<log_index> place_of(const view& seen, const std::string& at) {
  if (auto time = from_rfc3339(at))
    return seen.index_at(*time);
  auto token = parse_consistency_token(at);
  if (!token)
    return failure{errc::bad_request,
                   "at: must be a consistency token or an RFC 3339 time",
                   "/at"};
  if (auto judged = seen.judge(*token); !judged)
    return judged.error();
  return token->index;
}

/// The wire form with the inputs that it names and the client lacks.
result<std::string> with_missing_inputs(const std::string& wire,
                                        const std::vector<std::string>& held) {
  auto document = parse_json(wire, artifact_limits);
  if (!document)
    return document.error();
  json::array missing;
  for (auto& name : document->as_object().at("inputs").as_array())
    if (std::find(held.begin(), held.end(), name.as_string()) == held.end())
      missing.emplace_back(name);
  auto out = wire.substr(0, wire.size() - 1);
  return out + ",\"missing_inputs\":" + to_canonical(std::move(missing)) + '}';
}

operation_answer current_config(const operation_world& world, const view& seen,
                                const channel_view& channel,
                                const config_query& query,
                                const std::string& if_none_match) {
  if (auto problem = head_problem(seen, *world.keys))
    return answer_failure(std::move(*problem));
  auto prepared = world.answers.prepare(seen, channel);
  if (!prepared)
    return answer_failure(prepared.error());
  auto& config = **prepared;
  const auto answer_made = [&](result<std::string> text) {
    auto out =
        text ? answer_text(std::move(*text)) : answer_failure(text.error());
    out.token = config.token;
    return out;
  };
  if (query.form == "envelope")
    return answer_made(to_envelope(*config.wire));
  if (query.inputs)
    return answer_made(with_missing_inputs(*config.wire, *query.inputs));
  if (matches_etag(if_none_match, config.etag)) {
    operation_answer out;
    out.status = 304;
    out.etag = config.etag;
    out.token = config.token;
    return out;
  }
  return answer_config(config, 200);
}

/// Checks that the caller's token lies in this history and was reached.
std::optional<failure> check_token(const view& seen,
                                   const std::optional<std::string>& text) {
  if (!text)
    return std::nullopt;
  auto token = parse_consistency_token(*text);
  if (!token)
    return token.error();
  if (auto judged = seen.judge(*token); !judged)
    return judged.error();
  return std::nullopt;
}

result<std::string> payload_of(std::string_view core) {
  auto document = parse_json(core, artifact_limits);
  if (!document)
    return document.error();
  return to_canonical(document->as_object()["payload"]);
}

/// Adds the patch from the caller's artifact to the current one.
result<json::value> patch_between(const operation_world& world,
                                  const view& seen, const channel_view& channel,
                                  const digest& from) {
  auto read = [&](const digest& artifact) -> result<std::string> {
    auto* release = seen.find_release(channel, artifact);
    if (release == nullptr)
      return failure{errc::not_found, "the artifact was never released"};
    auto core = world.answers.read_core(log_index{release->index});
    if (!core)
      return core.error();
    return payload_of(*core);
  };
  auto old = read(from);
  auto now = read(channel.row.artifact);
  if (!old || !now)
    return old ? now.error() : old.error();
  auto patch = make_json_patch(*old, *now);
  if (!patch)
    return patch.error();
  return parse_json(*patch, {2 * 1024 * 1024, 64});
}

operation_answer diff_json(const channel_view& channel, std::string_view status,
                           json::object more) {
  json::object out{{"status", status},
                   {"latest_artifact_id", to_content_id(channel.row.artifact)},
                   {"channel_version", channel.row.version}};
  for (auto& [name, value] : more)
    out[name] = std::move(value);
  return answer_json(out);
}

/// Needs no key of this node, unlike the answer that may lie ready.
result<std::string> changelog_of(const operation_world& world, const view& seen,
                                 const channel_view& channel) {
  if (auto prepared = world.answers.ready(seen, channel))
    return prepared->changelog;
  auto& row = channel.row;
  auto stored = world.answers.read(
      seen, {row.artifact_index, row.seal_index, row.change_index, row.key});
  if (!stored)
    return stored.error();
  return std::move(stored->changelog);
}

operation_answer up_to_date(const channel_view& channel, bool wants_patch) {
  json::object more;
  if (wants_patch)
    more["patch"] = json::array{};
  return diff_json(channel, "up-to-date", std::move(more));
}

operation_answer outdated(const operation_world& world, const view& seen,
                          const channel_view& channel, const digest& held,
                          bool wants_patch) {
  auto changelog = changelog_of(world, seen, channel);
  if (!changelog)
    return answer_failure(changelog.error());
  json::object more{{"changelog", std::move(*changelog)}};
  if (seen.find_release(channel, held) == nullptr)
    return diff_json(channel, "unknown", std::move(more));
  if (wants_patch) {
    auto patch = patch_between(world, seen, channel, held);
    if (!patch)
      return answer_failure(patch.error());
    more["patch"] = std::move(*patch);
  }
  return diff_json(channel, "outdated", std::move(more));
}

operation_answer compare(const operation_world& world, const view& seen,
                         const channel_view& channel, const digest& held,
                         bool wants_patch) {
  return channel.row.artifact == held
             ? up_to_date(channel, wants_patch)
             : outdated(world, seen, channel, held, wants_patch);
}

} // namespace

operation_answer answer_past(const operation_world& world, const view& seen,
                             const channel_view& channel, log_index at) {
  auto* change = seen.change_at(channel, at);
  if (change == nullptr)
    return answer_failure(
        {errc::not_found, "nothing was released in this profile at that time"});
  auto* release = seen.find_release(channel, change->artifact);
  log_index artifact{release->index};
  auto stored = world.answers.read(
      seen, {artifact, artifact, log_index{change->index}, release->key});
  if (!stored)
    return answer_failure(stored.error());
  std::string wire{stored->core, 0, stored->core.size() - 1};
  wire += ",\"signature\":" + stored->signature_json;
  json::object place{{"index", to_integer(at)},
                     {"channel_version", change->version},
                     {"changelog", stored->changelog},
                     {"since", to_rfc3339(timestamp{
                                   seen.past->marks[change->index].log_time})}};
  return answer_text(wire + ",\"at\":" + to_canonical(std::move(place)) + '}');
}

// An artifact's id covers its channel, so the change that released it names
// the one; a schema that this build cannot read hides nothing.
std::shared_ptr<const channel_view> channel_of(const view& seen,
                                               std::string_view client_id,
                                               std::string_view profile,
                                               const digest& artifact) {
  const auto& past = *seen.past;
  const auto found =
      past.changes.find_release(artifact, [&](const channel_change& x) {
        return x.artifact == artifact;
      });
  if (!found || *found >= seen.changes)
    return nullptr;
  auto channel =
      seen.find_channel(past.channel_keys[past.changes[*found].channel]);
  if (channel == nullptr || channel->row.client_id != client_id ||
      channel->row.profile != profile)
    return nullptr;
  return channel;
}

operation_answer answer_config(const prepared_config& x, unsigned status) {
  operation_answer out;
  out.status = status;
  out.body = x.wire;
  out.etag = x.etag;
  out.token = x.token;
  return out;
}

namespace {

/// Answers `run` with the channel that the query means. One that is chosen by
/// versions of its schema may need the log, and is looked for on the pool.
template <class F>
void with_channel(const operation_world& world,
                  const std::shared_ptr<operation_call>& call,
                  const config_query& query, const operation_reply& reply,
                  F run) {
  auto& seen = *call->seen;
  auto* where = seen.documents->find_profile(query.client_id, query.profile);
  if (query.accept && where != nullptr)
    return on_disk(world, reply, [&world, call, query, where, run] {
      auto found = choose_accepted(world, *call->seen, *where, *query.accept);
      return found.channel ? run(found.channel) : std::move(found.refused);
    });
  auto channel =
      choose_channel(seen, query.client_id, query.profile, query.current);
  if (!channel)
    return reply(answer_failure(channel.error()));
  on_disk(world, reply, [channel = *channel, run] { return run(channel); });
}

} // namespace

void get_config(const operation_world& world,
                std::shared_ptr<operation_call> call, operation_reply reply) {
  auto query = read_query(call->params, false);
  if (!query)
    return reply(answer_failure(query.error()));
  auto& seen = *call->seen;
  if (auto wrong = check_token(seen, query->token))
    return reply(answer_failure(std::move(*wrong)));
  std::optional<log_index> at;
  if (query->at) {
    auto place = place_of(seen, *query->at);
    if (!place)
      return reply(answer_failure(place.error()));
    at = *place;
  }
  with_channel(world, call, *query, reply,
               [&world, call, query = *query, at](const auto& channel) {
                 auto out = at ? answer_past(world, *call->seen, *channel, *at)
                               : current_config(world, *call->seen, *channel,
                                                query, call->if_none_match);
                 if (!out.failed)
                   world.counters.fetched(query.client_id, out.status);
                 return out;
               });
}

void diff_config(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply) {
  auto query = read_query(call->params, true);
  if (!query)
    return reply(answer_failure(query.error()));
  parameter_reader in{call->params};
  bool wants_patch = in.flag("patch");
  if (in.error())
    return reply(answer_failure(*in.error()));
  if (query->accept)
    return with_channel(world, call, *query, reply,
                        [&world, call, held = *query->current,
                         wants_patch](const auto& channel) {
                          return compare(world, *call->seen, *channel, held,
                                         wants_patch);
                        });
  auto channel = choose_channel(*call->seen, query->client_id, query->profile,
                                query->current);
  if (!channel)
    return reply(answer_failure(channel.error()));
  // Most callers have what is current: that needs no disk.
  if ((*channel)->row.artifact == *query->current)
    return reply(up_to_date(**channel, wants_patch));
  // A patch is made of two whole payloads.
  answer_on(
      wants_patch ? world.checks : world.disk, reply,
      [&world, call, held = *query->current, channel = *channel, wants_patch] {
        return outdated(world, *call->seen, *channel, held, wants_patch);
      });
}

} // namespace signalbox::read_operations
