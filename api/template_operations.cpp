#include "api/fold_gate.hpp"
#include "api/pool_answer.hpp"
#include "api/read_operations.hpp"
#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "events/hash.hpp"
#include "policy/draft.hpp"
#include "policy/template.hpp"

// ListTemplates, GetTemplate and PutTemplate (section 3).

namespace signalbox {

namespace {

constexpr std::uint32_t template_fold_version = 2;

json::object summary_of(const catalog_template& x) {
  json::object out{{"client_id", x.client_id},
                   {"template_id", x.template_id},
                   {"version", x.version},
                   {"readable", bool(x.content)}};
  if (!x.content)
    return out;
  out["description"] = x.content->description;
  json::array names;
  for (auto& [name, parameter] : x.content->parameters)
    names.emplace_back(name);
  out["parameters"] = std::move(names);
  return out;
}

/// A template that is to be put.
struct new_template {
  draft_template content;
  std::string text; ///< canonical, as it will lie in the log
};

result<new_template> read_template(const json::object& params) {
  json::object document{{"parameters", json::object{}}};
  for (std::string_view name : {"client_id", "template_id", "version",
                                "description", "payload", "parameters"})
    if (auto* x = params.if_contains(name); x && !x->is_null())
      document[name] = *x;
  auto text = to_canonical(document);
  auto parsed = parse_template(text);
  if (!parsed)
    return parsed.error();
  return new_template{std::move(*parsed), std::move(text)};
}

/// A report, if something secret stands in the template.
std::optional<json::object> refuse_secrets(const new_template& x,
                                           const catalog_family& family) {
  const auto document = parse_json(x.text).value();
  static const input_rules none;
  const auto& inputs = family.descriptor ? family.descriptor->inputs : none;
  json::array errors;
  for (auto& found : find_secrets(x.content, document, inputs))
    errors.emplace_back(to_json(found));
  if (errors.empty())
    return std::nullopt;
  return json::object{{"valid", false}, {"errors", std::move(errors)}};
}

result<preparation> prepare(const new_template& x, const view& seen,
                            const operation_call& call) {
  auto& content = x.content;
  const auto document = sha256(as_bytes(x.text));
  auto* old = seen.documents->find_template(
      content.client_id, content.template_id, content.version);
  if (old != nullptr && old->document == document)
    return preparation{nothing_to_do{}};
  if (old != nullptr)
    return failure{errc::conflict,
                   "this version exists and says something else: a template "
                   "never changes, so give it a new version",
                   "/version"};
  proposal_draft out;
  out.body = event::template_put{out.keep(content.client_id),
                                 out.keep(content.template_id),
                                 out.keep(content.version), document};
  out.expected = {expectation::kind::none, 0};
  out.add_part(x.text);
  write_operations::require_token(out, seen, call);
  return preparation{std::move(out)};
}

void propose(const operation_world& world,
             const std::shared_ptr<operation_call>& call,
             const std::shared_ptr<const new_template>& x,
             const operation_reply& reply) {
  auto known = std::make_shared<bool>(false);
  write_operations::submit_then(
      world, call, reply,
      [x, call, known](const view& seen) {
        auto out = prepare(*x, seen, *call);
        *known = out && std::holds_alternative<nothing_to_do>(*out);
        return out;
      },
      [x, known, reply](const command_answer& done) {
        auto answer =
            answer_json(json::object{{"client_id", x->content.client_id},
                                     {"template_id", x->content.template_id},
                                     {"version", x->content.version}},
                        *known ? 200 : 201);
        answer.token = to_string(done.token);
        reply(std::move(answer));
      });
}

void judge(const operation_world& world,
           const std::shared_ptr<operation_call>& call,
           const operation_reply& reply) {
  auto& seen = *call->seen;
  if (auto closed = write_operations::check_fold(seen, template_fold_version,
                                                 "templates"))
    return reply(answer_failure(*closed));
  auto made = read_template(call->params);
  if (!made)
    return reply(answer_failure(made.error()));
  auto* family = seen.documents->find_family(made->content.client_id);
  if (family == nullptr)
    return reply(answer_failure(read_operations::no_such_client()));
  if (auto report = refuse_secrets(*made, *family))
    return reply(answer_failure(
        {errc::validation_failed,
         "a template holds no secret, defaults included: see the report"},
        {{"report", std::move(*report)}}));
  propose(world, call, std::make_shared<const new_template>(std::move(*made)),
          reply);
}

} // namespace

void read_operations::list_templates(const operation_world&,
                                     std::shared_ptr<operation_call> call,
                                     operation_reply reply) {
  parameter_reader in{call->params};
  auto client = in.optional_text("client_id");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto& documents = *call->seen->documents;
  if (client && documents.find_family(*client) == nullptr)
    return reply(answer_failure(no_such_client()));
  json::array out;
  for (auto& [key, x] : documents.templates)
    if (!client || x->client_id == *client)
      out.emplace_back(summary_of(*x));
  reply(answer_json(out));
}

void read_operations::get_template(const operation_world&,
                                   std::shared_ptr<operation_call> call,
                                   operation_reply reply) {
  parameter_reader in{call->params};
  auto client = in.text("client_id");
  auto id = in.text("template_id");
  auto version = in.optional_text("version");
  if (in.error())
    return reply(answer_failure(*in.error()));
  auto* found = call->seen->documents->find_template(client, id, version);
  if (found == nullptr)
    return reply(answer_failure(
        {errc::not_found, "this client has no template of this id and version; "
                          "ListTemplates names them"}));
  if (!found->complete)
    return reply(answer_failure(
        {errc::unavailable,
         "this node cannot read the template: its log says why"}));
  reply(answer_text(found->text));
}

void write_operations::put_template(const operation_world& world,
                                    std::shared_ptr<operation_call> call,
                                    operation_reply reply) {
  auto work = [&world, call, reply] { judge(world, call, reply); };
  if (!world.checks.run(work))
    reply(answer_failure({errc::overloaded,
                          "too many requests wait before this one: try "
                          "again"}));
}

} // namespace signalbox
