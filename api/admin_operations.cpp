#include "api/pool_answer.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include "events/aggregate.hpp"
#include "events/dsse.hpp"
#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/keyset_event.hpp"
#include "policy/secret_scanner.hpp"
#include "projections/part_source.hpp"

#include <algorithm>

// Tokens and keysets: what administrators change.

namespace signalbox::write_operations {

namespace {

constexpr std::size_t max_description_bytes = 256;

json::array roles_json(role_mask roles) {
  json::array out;
  for (auto x : {role::reader, role::publisher, role::operator_role,
                 role::auditor, role::administrator, role::node})
    if ((roles & static_cast<role_mask>(x)) != 0)
      out.emplace_back(to_string(x));
  return out;
}

role_mask read_roles(parameter_reader& in) {
  role_mask out = 0;
  for (auto& name :
       in.optional_list("roles").value_or(std::vector<std::string>{})) {
    auto x = role_from_string(name);
    if (!x || *x == role::node)
      in.fail("roles",
              "must be of reader, publisher, operator, auditor, administrator");
    else
      out = out | *x;
  }
  if (out == 0)
    in.fail("roles", "must name one role at least");
  return out;
}

timestamp read_expiry(parameter_reader& in, timestamp now) {
  auto text = in.optional_text("expires_at");
  if (!text)
    return {};
  auto time = from_rfc3339(*text);
  if (!time)
    in.fail("expires_at", "must be an RFC 3339 time in UTC");
  else if (*time <= now)
    in.fail("expires_at", "must lie in the future");
  return time.value_or(timestamp{});
}

/// What was said of the token when it was issued; null if that is gone, or
/// cannot be read.
json::value description_of(const event_log& log, const token_row& row) {
  constexpr std::size_t description_part = 0;
  result<std::string> out = failure{errc::not_found, ""};
  auto read = log.read(row.index, [&](const log_entry_view& x) {
    if (x.index == row.index)
      out = checked_part(x.record, description_part);
    return false;
  });
  return read && out ? json::value(*out) : json::value{};
}

json::object token_json(const token_id& id, const token_row& row,
                        const access_table& access, json::value description) {
  json::object out{{"token_id", id.hex()},
                   {"description", std::move(description)},
                   {"principal_id", row.principal.hex()},
                   {"revoked", row.revoked}};
  if (auto i = access.principals.find(row.principal);
      i != access.principals.end())
    out["roles"] = roles_json(i->second.roles);
  if (row.expires_at != timestamp{})
    out["expires_at"] = to_rfc3339(row.expires_at);
  return out;
}

/// What IssueToken was asked for. A token gets a principal of its own unless
/// one is named.
struct token_request {
  principal_id principal;
  role_mask roles = 0;
  timestamp expires_at{};
  std::string description;
  new_bearer_token fresh;
};

/// The same for each try under one idempotency key, so that a retry finds what
/// an earlier one began.
principal_id new_principal(const operation_call& call) {
  auto* key = call.params.if_contains("idempotency_key");
  if (key == nullptr || !key->is_string())
    return random_id<principal_id>();
  auto command = make_event_id(call.seen->ledger.id, call.who.principal,
                               std::string_view{key->get_string()});
  auto hash = sha256({as_bytes("principal of a token"), command.view()});
  return principal_id::from(hash.view().first(principal_id::size()));
}

operation_answer issued_before() {
  return answer_failure({errc::conflict,
                         "a token was issued under this idempotency key; its "
                         "secret is shown only once"});
}

json::object issued_json(const token_request& x) {
  json::object out{{"token", x.fresh.text},
                   {"token_id", x.fresh.kept.id.hex()},
                   {"principal_id", x.principal.hex()},
                   {"description", x.description},
                   {"roles", roles_json(x.roles)}};
  if (x.expires_at != timestamp{})
    out["expires_at"] = to_rfc3339(x.expires_at);
  return out;
}

/// Second step: the principal exists, the token follows. Its key is the
/// principal's, so of several tries only one issues.
void issue(const operation_world& world,
           const std::shared_ptr<operation_call>& call, operation_reply reply,
           std::shared_ptr<token_request> request) {
  submit_then(
      world, next_step(*call, "token-" + request->principal.hex()), reply,
      [request, call](const view& seen) -> result<preparation> {
        proposal_draft out;
        out.body = event::token_issued{
            request->fresh.kept.id, request->principal,
            request->fresh.kept.secret_digest, request->expires_at};
        out.expected = {expectation::kind::none, 0};
        out.add_part(request->description);
        require_token(out, seen, *call);
        return preparation{std::move(out)};
      },
      [reply, request](const command_answer& x) {
        if (x.replayed)
          return reply(issued_before());
        auto answer = answer_json(issued_json(*request), 201);
        answer.token = to_string(x.token);
        reply(std::move(answer));
      });
}

/// Whether a token other than this one lets an administrator in.
bool leaves_an_administrator(const access_table& access, const token_id& gone,
                             timestamp now) {
  return std::any_of(access.tokens.begin(), access.tokens.end(), [&](auto& x) {
    auto& row = x.second.first;
    auto owner = access.principals.find(row.principal);
    return x.first != gone && !row.revoked &&
           (row.expires_at == timestamp{0} || row.expires_at > now) &&
           owner != access.principals.end() && owner->second.active &&
           permits(owner->second.roles, role::administrator);
  });
}

} // namespace

void list_tokens(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply) {
  answer_on(world.disk, reply, [&log = world.answers.log(), call] {
    auto& access = *call->seen->access;
    json::array out;
    for (auto& [id, row] : access.tokens)
      out.emplace_back(
          token_json(id, row.first, access, description_of(log, row.first)));
    return answer_json(out);
  });
}

void issue_token(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto request = std::make_shared<token_request>();
  request->roles = read_roles(in);
  request->expires_at = read_expiry(in, world.wall_clock());
  request->description = in.optional_text("description").value_or("");
  if (request->description.size() > max_description_bytes ||
      has_errors(scan_text(request->description, "/description")))
    in.fail("description",
            "must be short, without secrets and e-mail addresses");
  if (in.error())
    return reply(answer_failure(*in.error()));
  request->principal = new_principal(*call);
  request->fresh = make_bearer_token();
  // The secret is made anew each time and only its digest is kept, so a retry
  // cannot be answered with the first one: it issues what is not issued yet.
  submit_then(
      world, call, reply,
      [request, call](const view& seen) -> result<preparation> {
        proposal_draft out;
        out.body =
            event::principal_put{request->principal, request->roles, true};
        out.expected = {expectation::kind::none, 0};
        out.add_part(request->description);
        require_token(out, seen, *call);
        return preparation{std::move(out)};
      },
      [&world, call, reply, request](const command_answer& x) {
        if (!x.seen->access->principals.contains(request->principal))
          return reply(issued_before());
        issue(world, call, reply, request);
      });
}

void revoke_token(const operation_world& world,
                  std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto id = token_id::from_hex(in.text("token_id"));
  if (!id)
    in.fail("token_id", "must be 32 hexadecimal digits");
  if (in.error())
    return reply(answer_failure(*in.error()));
  submit(
      world, call, std::move(reply),
      [id, call](const view& seen) -> result<preparation> {
        auto i = seen.access->tokens.find(*id);
        if (i == seen.access->tokens.end())
          return failure{errc::not_found, "there is no token of this id"};
        if (!i->second.first.revoked &&
            !leaves_an_administrator(*seen.access, *id, seen.log_time))
          return failure{errc::conflict,
                         "this is the last token of an administrator: issue "
                         "another one first (`signalbox tokens issue --role "
                         "administrator`), then revoke this one with it"};
        proposal_draft out;
        out.body = event::token_revoked{*id};
        out.expected = {expectation::kind::exactly, i->second.second};
        if (call->who.token != id)
          require_token(out, seen, *call);
        return preparation{std::move(out)};
      },
      json::object{{"token_id", id->hex()}, {"revoked", true}});
}

void put_keyset(const operation_world& world,
                std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto* given = in.any("envelope");
  if (given == nullptr)
    return reply(answer_failure(
        {errc::bad_request, "envelope: is missing", "/envelope"}));
  auto envelope = parse_dsse(to_canonical(*given));
  if (!envelope)
    return reply(answer_failure(envelope.error()));
  auto next = parse_keyset(as_text(envelope->payload));
  if (envelope->payload_type != payload_types::keyset || !next)
    return reply(answer_failure(
        {errc::bad_request,
         "envelope: must hold a keyset" +
             (next ? std::string{} : ": " + next.error().message),
         "/envelope/payload"}));
  auto kept = std::make_shared<dsse_envelope>(std::move(*envelope));
  submit(
      world, call, std::move(reply),
      [kept, version = next->version,
       call](const view& seen) -> result<preparation> {
        proposal_draft out;
        out.body = to_event(*kept);
        out.expected = {version == 1 ? expectation::kind::none
                                     : expectation::kind::exactly,
                        version - 1};
        require_token(out, seen, *call);
        return preparation{std::move(out)};
      },
      json::object{{"keyset_version", next->version}}, 201);
}

} // namespace signalbox::write_operations
