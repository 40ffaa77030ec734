#include "api/read_operations.hpp"

#include "api/read_support.hpp"
#include "events/keyset.hpp"
#include "policy/deprecation.hpp"
#include "projections/chain.hpp"

namespace signalbox::read_operations {

json::object family_json(const catalog& documents, const catalog_family& x) {
  json::array schemas;
  for (auto& schema : x.row.schemas) {
    json::object one{{"schema_ref", schema.schema_ref},
                     {"version_range", schema.version_range}};
    if (auto leaving = find_deprecation(x.text, schema.schema_ref))
      one["deprecated"] = to_json(*leaving);
    schemas.emplace_back(std::move(one));
  }
  json::array capabilities;
  if (x.descriptor)
    for (auto& y : x.descriptor->capabilities)
      capabilities.emplace_back(y);
  json::object out{{"client_id", x.client_id},
                   {"schemas", std::move(schemas)},
                   {"capabilities", std::move(capabilities)},
                   {"profiles", profile_names(documents, x.client_id)},
                   {"default_major", x.row.default_major},
                   {"family_version", x.version}};
  if (x.descriptor) {
    out["name"] = x.descriptor->name;
    out["media_type"] = x.descriptor->media_type;
  }
  return out;
}

json::array profile_names(const catalog& documents,
                          std::string_view client_id) {
  json::array out;
  auto prefix = std::string{client_id} + '/';
  for (auto i = documents.profiles.lower_bound(prefix);
       i != documents.profiles.end() && i->first.starts_with(prefix); ++i)
    out.emplace_back(i->second->profile);
  return out;
}

void list_clients(const operation_world&, std::shared_ptr<operation_call> call,
                  operation_reply reply) {
  json::array out;
  auto& documents = *call->seen->documents;
  for (auto& [id, family] : documents.families)
    out.emplace_back(family_json(documents, *family));
  reply(answer_json(out));
}

void get_client(const operation_world&, std::shared_ptr<operation_call> call,
                operation_reply reply) {
  parameter_reader in{call->params};
  auto id = in.text("client_id");
  const bool whole = in.flag("descriptor");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto& documents = *call->seen->documents;
  auto* family = documents.find_family(id);
  if (family == nullptr)
    return reply(answer_failure(no_such_client()));
  auto out = family_json(documents, *family);
  // The notes are the descriptor's own (FR-3).
  if (auto descriptor = parse_json(family->text); descriptor) {
    if (auto* notes = descriptor->as_object().if_contains("notes"))
      out["notes"] = *notes;
    if (whole)
      out["descriptor"] = std::move(*descriptor);
  }
  reply(answer_json(out));
}

void get_schema(const operation_world&, std::shared_ptr<operation_call> call,
                operation_reply reply) {
  parameter_reader in{call->params};
  auto id = in.text("client_id");
  auto version = in.text("version");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto* family = call->seen->documents->find_family(id);
  if (family == nullptr)
    return reply(answer_failure(no_such_client()));
  auto i = family->schemas.find(id + '/' + version);
  if (i == family->schemas.end())
    return reply(answer_failure(
        {errc::not_found, "this client has no schema of this version"}));
  reply(answer_text(i->second->text));
}

void list_profiles(const operation_world&, std::shared_ptr<operation_call> call,
                   operation_reply reply) {
  parameter_reader in{call->params};
  auto id = in.text("client_id");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto& documents = *call->seen->documents;
  if (documents.find_family(id) == nullptr)
    return reply(answer_failure(no_such_client()));
  reply(answer_json(profile_names(documents, id)));
}

result<std::shared_ptr<const channel_view>>
choose_channel(const view& seen, std::string_view client_id,
               std::string_view profile, const std::optional<digest>& current) {
  auto* where = seen.documents->find_profile(client_id, profile);
  if (where == nullptr)
    return seen.documents->find_family(client_id) == nullptr
               ? no_such_client()
               : no_such_profile();
  if (current)
    if (auto channel = channel_of(seen, client_id, profile, *current))
      return channel;
  if (auto channel =
          seen.find_channel(client_id, profile, where->row.default_major))
    return channel;
  return failure{errc::not_found, "nothing is released in this profile yet"};
}

void get_keyset(const operation_world& world,
                std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto version = in.optional_number("version");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto& keysets = *call->seen->keysets;
  auto wanted = version.value_or(keysets.size());
  if (wanted < 1 || wanted > keysets.size())
    return reply(answer_failure(
        {errc::not_found, "there is no keyset of this version"}));
  auto index = keysets[wanted - 1];
  on_disk(world, reply, [&world, index] {
    auto envelope = world.answers.read_keyset(index);
    return envelope ? answer_text(std::move(*envelope))
                    : answer_failure(envelope.error());
  });
}

void get_command(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto text = in.text("command_id");
  auto id = event_id::from_hex(text);
  if (!id)
    in.fail("command_id", "must be 32 hexadecimal digits");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto answer = std::make_shared<answer_once>([reply, text](command_answer x) {
    if (x.refused && x.refused->code != errc::pending)
      return reply(answer_failure(*x.refused));
    json::object out{{"command_id", text}};
    if (x.refused) {
      out["status"] = "pending";
      return reply(answer_json(out));
    }
    out["status"] = "final";
    out["outcome"] = to_string(x.result);
    out["index"] = to_integer(x.index);
    out["token"] = to_string(x.token);
    reply(answer_json(out));
  });
  world.node.find_for_good(*id, std::move(answer));
}

} // namespace signalbox::read_operations
