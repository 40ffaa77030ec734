#include "api/pool_answer.hpp"
#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "api/family_removal.hpp"
#include "events/aggregate.hpp"
#include "events/hash.hpp"
#include "policy/defaults.hpp"
#include "policy/family_package.hpp"

// PutFamily: a new client family, a new version of its schemas, or other notes
// (UC-1).

namespace signalbox::write_operations {

namespace {

/// The policy set that new profiles are bound to, and that samples must pass.
constexpr std::string_view first_policy_set = "baseline";

/// A PutFamily on its way.
struct family_request {
  std::shared_ptr<operation_call> call;
  family_package package;
  std::optional<std::uint64_t> expected_version;
  bool dry_run = false;
  checked_package checked;
  bool changed = false; ///< something was written, or would be
};

using request_ptr = std::shared_ptr<family_request>;

result<request_ptr> read(const std::shared_ptr<operation_call>& call) {
  parameter_reader in{call->params};
  auto out = std::make_shared<family_request>();
  out->call = call;
  auto client = in.optional_text("client_id");
  out->expected_version = in.optional_number("expected_version");
  out->dry_run = in.flag("dry_run");
  if (in.error())
    return *in.error();
  auto package = read_package(call->params);
  if (!package)
    return package.error();
  out->package = std::move(*package);
  auto* own = out->package.descriptor.as_object().if_contains("client_id");
  if (client && (own == nullptr || *own != json::value(*client)))
    return failure{errc::bad_request,
                   "descriptor: its client_id is not the one of the request",
                   "/descriptor/client_id"};
  return out;
}

const policy_set& sample_rules(const catalog& documents) {
  static const policy_set none;
  const policy_set* out = &none;
  for (auto& [key, x] : documents.policy_sets)
    if (x->policy_set_id == first_policy_set && x->rules &&
        (out == &none || precedence(x->rules->version, out->version) > 0))
      out = x->rules.get();
  return *out;
}

checked_package check(const family_request& x) {
  auto& documents = *x.call->seen->documents;
  auto* id = x.package.descriptor.as_object().if_contains("client_id");
  auto* family = id && id->is_string()
                     ? documents.find_family(std::string_view{id->get_string()})
                     : nullptr;
  known_schema known = [family](const std::string& ref) -> const std::string* {
    if (family == nullptr)
      return nullptr;
    auto i = family->schemas.find(ref);
    return i == family->schemas.end() ? nullptr : &i->second->text;
  };
  return check_package(x.package, known, sample_rules(documents));
}

/// Whether the ledger has this descriptor already, however it is written.
bool is_same(const catalog_family& old, const checked_package& x) {
  auto before = parse_json(old.text, {policy_defaults::max_descriptor, 32});
  return before && to_canonical(*before) == x.descriptor;
}

bool is_fresh(const packed_schema& x, const catalog_family* old) {
  return old == nullptr || !old->schemas.contains(x.ref);
}

/// Adds the schema's row, and its document if it is new.
result<void> add_schema(const packed_schema& x, const catalog_family* old,
                        event::family_put& put, proposal_draft& out) {
  digest document;
  if (!is_fresh(x, old)) {
    document = old->schemas.at(x.ref)->document;
  } else if (x.text) {
    document = sha256(as_bytes(*x.text));
    out.add_part(*x.text);
  } else {
    return failure{errc::conflict,
                   "a schema that was known is gone: send it with the others"};
  }
  put.schemas.push_back({out.keep(x.ref), out.keep(x.version_range), document});
  return {};
}

std::optional<failure> check_version(const family_request& x,
                                     const catalog_family* old) {
  const auto version = old ? old->version : 0;
  if (x.expected_version && *x.expected_version != version)
    return failure{errc::conflict,
                   "the family's version is " + std::to_string(version) +
                       ", not the expected one: read it and try again",
                   "/expected_version"};
  if (old && !old->complete)
    return failure{errc::unavailable,
                   "this node cannot read the family as it is: its log says "
                   "why"};
  return std::nullopt;
}

result<preparation> prepare(const operation_world& world, family_request& x,
                            const view& seen) {
  auto& client = *x.checked.client;
  auto* old = seen.documents->find_family(client.client_id);
  if (auto wrong = check_version(x, old))
    return *wrong;
  bool fresh = std::any_of(x.checked.schemas.begin(), x.checked.schemas.end(),
                           [&](auto& y) { return is_fresh(y, old); });
  x.changed = fresh || old == nullptr || !is_same(*old, x.checked);
  if (!x.changed)
    return preparation{nothing_to_do{}};
  proposal_draft out;
  event::family_put put;
  put.client_id = out.keep(client.client_id);
  put.default_major = static_cast<std::uint32_t>(client.default_major);
  put.document = sha256(as_bytes(x.checked.descriptor));
  out.add_part(x.checked.descriptor);
  for (auto& schema : x.checked.schemas)
    if (auto added = add_schema(schema, old, put, out); !added)
      return added.error();
  out.body = std::move(put);
  out.expected = old == nullptr
                     ? expectation{expectation::kind::none, 0}
                     : expectation{expectation::kind::exactly, old->version};
  if (old != nullptr) {
    auto kept = check_removal(world, seen, *old, client);
    if (!kept)
      return kept.error();
    out.preconditions = std::move(*kept);
  }
  require_token(out, seen, *x.call);
  return preparation{std::move(out)};
}

/// Puts the descriptor's profiles that are not there yet, one after another,
/// and answers. What exists keeps its policy set.
class profile_planter : public std::enable_shared_from_this<profile_planter> {
 public:
  profile_planter(const operation_world& world, request_ptr request,
                  operation_reply reply, const command_answer& put)
      : world_{world}, request_{std::move(request)}, reply_{std::move(reply)},
        token_{to_string(put.token)} {
    auto& documents = *put.seen->documents;
    auto& client = *request_->checked.client;
    entry_ = to_integer(documents.find_family(client.client_id)->row.index);
    for (auto& x : client.profiles)
      if (documents.find_profile(client.client_id, x.name) == nullptr)
        missing_.push_back(&x);
  }

  void next() {
    if (done_ == missing_.size())
      return answer();
    auto& profile = *missing_[done_++];
    // Named after the family's entry: a retry repeats it.
    auto step = next_step(*request_->call, "family-" + std::to_string(entry_) +
                                               '-' + profile.name);
    json::array tags;
    for (auto& tag : profile.environment)
      tags.emplace_back(tag);
    step->params = {{"client_id", request_->checked.client->client_id},
                    {"profile", profile.name},
                    {"environment", std::move(tags)},
                    {"idempotency_key", step->params.at("idempotency_key")}};
    put_profile(world_, step, [self = shared_from_this()](operation_answer x) {
      if (x.failed || x.status == 202)
        return self->reply_(std::move(x));
      self->token_ = std::move(x.token);
      self->next();
    });
  }

 private:
  void answer() {
    auto seen = world_.node.view().load()->data;
    auto& id = request_->checked.client->client_id;
    auto* family = seen->documents->find_family(id);
    if (family == nullptr)
      return reply_(answer_failure({errc::bug, "the family is missing"}));
    auto body = read_operations::family_json(*seen->documents, *family);
    body["samples"] = to_report(request_->checked)["samples"];
    body["changed"] = request_->changed;
    auto out = answer_json(body, request_->changed ? 201 : 200);
    out.token = std::move(token_);
    reply_(std::move(out));
  }

  const operation_world& world_;
  request_ptr request_;
  operation_reply reply_;
  std::string token_;
  std::uint64_t entry_ = 0;
  std::vector<const family_profile*> missing_;
  std::size_t done_ = 0;
};

void run(const operation_world& world, const request_ptr& x,
         const operation_reply& reply) {
  x->checked = check(*x);
  auto report = to_report(x->checked);
  if (has_errors(x->checked.findings))
    return reply(answer_failure(
        {errc::validation_failed, "the family was refused: see the report"},
        {{"report", std::move(report)}}));
  if (x->dry_run) {
    auto would = prepare(world, *x, *x->call->seen);
    if (!would)
      return reply(answer_failure(would.error()));
    report["changed"] = x->changed;
    return reply(answer_json(report));
  }
  submit_then(
      world, x->call, reply,
      [&world, x](const view& seen) { return prepare(world, *x, seen); },
      [&world, x, reply](const command_answer& put) {
        x->changed = x->changed || put.replayed;
        std::make_shared<profile_planter>(world, x, reply, put)->next();
      });
}

} // namespace

void put_family(const operation_world& world,
                std::shared_ptr<operation_call> call, operation_reply reply) {
  auto request = read(call);
  if (!request)
    return reply(answer_failure(request.error()));
  auto work = [&world, x = *request, reply] {
    try {
      run(world, x, reply);
    } catch (...) {
      reply(answer_failure({errc::bug, "the request could not be handled"}));
      throw;
    }
  };
  if (!world.checks.run(work))
    reply(answer_failure({errc::overloaded,
                          "too many requests wait before this one: try "
                          "again"}));
}

} // namespace signalbox::write_operations
