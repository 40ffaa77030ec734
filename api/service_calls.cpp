#include "api/event_stream.hpp"
#include "api/problem.hpp"
#include "api/rpc.hpp"
#include "api/service_impl.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr json_limits body_limits{1024 * 1024, 40};
constexpr std::size_t max_key_bytes = 128;

/// An idempotency key is a name, not a text: it is compared byte by byte.
std::optional<failure> check_key(const json::object& params) {
  auto* key = params.if_contains("idempotency_key");
  if (key == nullptr)
    return std::nullopt;
  auto* text = key->if_string();
  if (text != nullptr && !text->empty() && text->size() <= max_key_bytes &&
      std::all_of(text->begin(), text->end(),
                  [](char c) { return c > 0x20 && c < 0x7f; }))
    return std::nullopt;
  return failure{errc::bad_request,
                 "idempotency_key: must be 1 to 128 printable ASCII "
                 "characters without spaces",
                 "/idempotency_key"};
}

/// Adds the members of a JSON body to the parameters of the path, which win.
std::optional<failure> add_body(const std::string& body, json::object& params) {
  if (body.empty())
    return std::nullopt;
  auto document = parse_json(body, body_limits);
  if (!document)
    return document.error();
  if (!document->is_object())
    return failure{errc::bad_request, "the body must be a JSON object"};
  for (auto& [name, value] : document->get_object())
    if (!params.contains(name))
      params[name] = std::move(value);
  return std::nullopt;
}

bool takes_body(http_method x) {
  return x == http_method::post || x == http_method::put;
}

/// Who does not ask for a stream is told where there is one, as over JSON-RPC.
bool takes_stream(const request_head& x) {
  const auto accept = x.find("Accept");
  return accept.find("text/event-stream") != accept.npos ||
         accept.find("*/*") != accept.npos;
}

} // namespace

/// Runs at once, or on the pool when the key files must be read again first.
void service::impl::with_keys(const std::shared_ptr<const view>& seen,
                              std::function<void(const signing&)> run,
                              const std::function<void(failure)>& refuse) {
  if (auto* x = keys.ready(*seen))
    return run(*x);
  if (!disk.run([this, seen, run = std::move(run)] { run(keys.find(*seen)); }))
    refuse({errc::overloaded, "too many calls wait for the disk: try again"});
}

void service::impl::call(const operation& what, json::object params,
                         const std::shared_ptr<exchange>& x,
                         operation_reply reply) {
  auto refuse = [&](failure why) { reply(answer_failure(std::move(why))); };
  auto seen = node.view().load();
  if (seen == nullptr)
    return refuse(
        {errc::unavailable, "the ledger is not folded yet: try again"});
  auto who = check_caller(what, *seen, *x);
  if (!who)
    return refuse(who.error());
  if (auto wrong = check_names(what, params))
    return refuse(std::move(*wrong));
  if (auto wrong = check_key(params))
    return refuse(std::move(*wrong));
  auto how = read_consistency(params);
  if (!how)
    return refuse(how.error());
  if (*how == consistency::fast)
    return run(what, *seen, *who, std::move(params), x, reply);
  if (auto refused = check_linear(what, *who, *x))
    return refuse(std::move(*refused));
  run_latest(what, std::move(params), x, std::move(reply));
}

/// Runs an operation that was checked, on what this view shows.
void service::impl::run(const operation& what, const published& seen,
                        const caller& who, json::object params,
                        const std::shared_ptr<exchange>& x,
                        const operation_reply& reply) {
  auto& head = x->request.head();
  auto out = std::make_shared<operation_call>();
  out->params = std::move(params);
  out->who = who;
  out->request_id = x->request.id;
  out->traceparent = head.traceparent;
  out->if_none_match = head.if_none_match;
  out->peer = head.peer;
  out->seen = seen.data;
  with_keys(
      seen.data,
      [&what, out, reply](const signing& y) {
        auto problem = what.signs ? y.problem(*out->seen) : std::nullopt;
        if (problem)
          return reply(answer_failure(std::move(*problem)));
        what.run(y.world, out, reply);
      },
      [reply](failure why) { reply(answer_failure(std::move(why))); });
}

/// Runs it as soon as the view shows all that was acknowledged before: then
/// the caller's token may be no more, and the keyset another. The ledger tells
/// of it, and is not to be kept by readers.
void service::impl::run_latest(const operation& what, json::object params,
                               const std::shared_ptr<exchange>& x,
                               operation_reply reply) {
  auto task = [this, &what, params = std::move(params), x, reply] {
    const auto seen = node.view().load();
    auto who = check_caller(what, *seen, *x);
    if (who)
      run(what, *seen, *who, params, x, reply);
    else
      reply(answer_failure(who.error()));
  };
  node.await_latest([this, task = std::move(task),
                     reply = std::move(reply)](const result<void>& shown) {
    if (!shown)
      reply(answer_failure(shown.error()));
    else if (!disk.run(task))
      reply(answer_failure({errc::overloaded, "too many requests wait before "
                                              "this one: try again"}));
  });
}

void service::impl::note_failure(const operation& what,
                                 const operation_answer& x) {
  if (x.failed)
    counters.failed(what.name, to_string(x.failed->code));
}

void service::impl::call_rest(const std::shared_ptr<exchange>& x) {
  auto& head = x->request.head();
  auto& params = x->to.params;
  if (takes_body(head.method))
    if (auto wrong = add_body(x->request.body, params))
      return x->finish(to_response(answer_failure(std::move(*wrong))));
  if (auto key = head.find("Idempotency-Key"); !key.empty())
    params["idempotency_key"] = key;
  // What a client that connects again has seen last wins over its first word.
  if (auto last = head.find("Last-Event-ID");
      !last.empty() && x->to.what->name == "SubscribeConfigUpdates")
    params["since_token"] = last;
  call(*x->to.what, std::move(params), x, [this, x](operation_answer y) {
    note_failure(*x->to.what, y);
    if (y.listens && takes_stream(x->request.head()))
      stream(x, std::move(*y.listens));
    else
      x->finish(to_response(y));
  });
}

void service::impl::stream(const std::shared_ptr<exchange>& x,
                           subscription what) {
  auto refuse = [&](const failure& why) {
    auto answer = answer_failure(why);
    note_failure(*x->to.what, answer);
    x->finish(to_response(answer));
  };
  auto seen = node.view().load();
  auto who = who_calls(x->request.head().authorization, *seen);
  if (!who)
    return refuse(who.error());
  auto seat = changes.seats().take(
      who->token ? who->token->hex() : std::string{x->request.head().peer});
  if (!seat)
    return refuse(seat.error());
  what.worker = x->request.worker;
  what.seat = std::move(*seat);
  what.who = *who;
  x->finish(event_stream_head(), make_event_stream(changes, std::move(what)));
}

/// Empty where this node cannot serve one: the client asks for the artifact.
std::string service::impl::head_of(const view& seen,
                                   const channel_view& channel) {
  auto& y = keys.find(seen);
  if (head_problem(seen, *y.world.keys))
    return {};
  auto prepared = y.answers->prepare(seen, channel);
  return prepared ? std::string{head_of_wire(*(*prepared)->wire)}
                  : std::string{};
}

void service::impl::call_rpc(const std::shared_ptr<exchange>& x) {
  auto caller = [this, x](const operation& what, json::object params,
                          operation_reply reply) {
    x->operation = what.name;
    auto noted = [this, &what, reply = std::move(reply)](operation_answer y) {
      note_failure(what, y);
      reply(std::move(y));
    };
    // The first call of a batch was paid for with the request.
    if (++x->calls > 1)
      if (auto refused = limits.take(x->pays))
        return noted(std::move(*refused));
    call(what, std::move(params), x, std::move(noted));
  };
  handle_rpc(x->request.body, caller, [x](std::string text) {
    if (text.empty())
      return x->finish({204, "", {}, {}});
    x->finish({200, "application/json", {}, std::move(text)});
  });
}

} // namespace signalbox
