#include "actors/activity_log.hpp"
#include "api/problem.hpp"
#include "api/service_impl.hpp"

namespace signalbox {

namespace {

constexpr std::size_t write_body_limit = 1024 * 1024;
constexpr std::size_t anonymous_body_limit = 64 * 1024;

failure no_token() {
  return {errc::unauthenticated,
          "this needs a bearer token in the Authorization header"};
}

bool is_person(const caller& who) {
  return who.roles != 0 && !permits(who.roles, role::node);
}

} // namespace

/// For the audit. Who shows no token that is known is nobody, and limited with
/// all other strangers.
void service::impl::note_denied(std::string_view operation, const failure& why,
                                const principal_id& who,
                                std::string_view request_id) const {
  if (config.activity != nullptr)
    config.activity->note(access_denied{who, operation, to_string(why.code)},
                          who, request_id);
}

result<caller> service::impl::who_calls(std::string_view authorization,
                                        const published& seen) const {
  return authenticate(authorization, *seen.data, log_clock(seen));
}

std::optional<failure> service::impl::check_role(const operation& what,
                                                 const caller& who) const {
  if (what.reading && config.public_reads)
    return std::nullopt;
  if (who.anonymous())
    return no_token();
  if (permits(who.roles, what.needs) || (what.reading && is_person(who)))
    return std::nullopt;
  return failure{errc::forbidden,
                 "this needs the role " + std::string{to_string(what.needs)}};
}

/// Who calls an operation, if that caller may.
result<caller> service::impl::check_caller(const operation& what,
                                           const published& seen,
                                           const exchange& x) const {
  auto who = who_calls(x.request.head().authorization, seen);
  if (!who) {
    note_denied(what.name, who.error(), {}, x.request.id);
    return who;
  }
  auto refused = check_role(what, *who);
  if (!refused)
    return who;
  note_denied(what.name, *refused, who->principal, x.request.id);
  return std::move(*refused);
}

std::optional<failure> service::impl::check_linear(const operation& what,
                                                   const caller& who,
                                                   const exchange& x) const {
  if (may_read_linear(who.roles))
    return std::nullopt;
  auto refused = who.anonymous()
                     ? no_token()
                     : failure{errc::forbidden,
                               "consistency=linear needs the role publisher, "
                               "operator or auditor",
                               "/consistency"};
  note_denied(what.name, refused, who.principal, x.request.id);
  return refused;
}

/// What the node says of itself needs what a read needs.
std::optional<failure>
service::impl::check_page(const request_head& head) const {
  if (config.public_reads)
    return std::nullopt;
  auto seen = node.view().load();
  if (seen == nullptr)
    return failure{errc::unavailable, "no view was folded yet"};
  auto who = who_calls(head.authorization, *seen);
  if (!who)
    return who.error();
  if (who->anonymous())
    return no_token();
  if (is_person(*who))
    return std::nullopt;
  return failure{errc::forbidden, "this needs the role reader"};
}

/// The metrics are read like all else; other pages of the node are for
/// everybody, and JSON-RPC checks each call by itself.
admission service::impl::admit(const request_head& head, route where) {
  auto refuse = [&](const failure& why) {
    counters.failed(where.name(), to_string(why.code));
    return admission{.refused = to_response(answer_failure(why))};
  };
  if (auto wrong = check_method(where, head.method))
    return {.refused = std::move(*wrong)};
  if (where.to == end_point::metrics)
    if (auto closed = check_page(head)) {
      note_denied(where.name(), *closed, {}, {});
      return refuse(*closed);
    }
  auto limit = anonymous_body_limit;
  payer pays{};
  auto seen = node.view().load();
  const bool calls = where.to == end_point::rpc || where.what != nullptr;
  if (calls && seen != nullptr) {
    auto who = who_calls(head.authorization, *seen);
    // Who shows a wrong token pays like who shows none.
    pays = payer_of(who ? *who : caller{}, head.peer);
    if (auto late = limits.take(pays))
      return {.refused = to_response(*late)};
    if (!who) {
      note_denied(where.name(), who.error(), {}, {});
      return refuse(who.error());
    }
    if (where.what != nullptr)
      if (auto refused = check_role(*where.what, *who)) {
        note_denied(where.name(), *refused, who->principal, {});
        return refuse(*refused);
      }
    if (!who->anonymous())
      limit = write_body_limit;
  }
  if (where.missing)
    return refuse(*where.missing);
  return {.body_limit = limit,
          .note = std::make_unique<noted_route>(std::move(where), pays)};
}

} // namespace signalbox
