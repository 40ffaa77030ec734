#include "api/service.hpp"

#include "api/change_hub.hpp"
#include "api/error_table.hpp"
#include "api/event_stream.hpp"
#include "api/hot_reads.hpp"
#include "api/openapi.hpp"
#include "api/operation.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/rpc.hpp"
#include "api/stream_counts.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::size_t write_body_limit = 1024 * 1024;
constexpr std::size_t anonymous_body_limit = 64 * 1024;
constexpr json_limits body_limits{write_body_limit, 40};
constexpr std::size_t max_queued_for_disk = 1024;
constexpr std::size_t max_queued_checks = 256;
constexpr std::size_t max_key_bytes = 128;

using clock = std::chrono::steady_clock;

http_response text_response(unsigned status, std::string text) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text)};
}

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

/// The route of an admitted request, and who pays for it.
struct noted_route final : request_note {
  noted_route(route x, const payer& y) : where{std::move(x)}, pays{y} {}
  route where;
  payer pays;
};

} // namespace

struct service::impl {
  impl(service_config c, runtime& n, const event_log& l,
       std::uint64_t keyset_version, node_keys first)
      : config{std::move(c)}, node{n}, entries{l}, counters{config.workers},
        keys{keyset_version, std::move(first), config.load_keys,
             [this](auto version, auto x) {
               return sign_with(version, std::move(x));
             },
             [this](auto& why) {
               log(log_level::warning, "keys", {{"problem", why}});
             }},
        hot{node.view(),        *keys.latest().answers, counters,
            config.ledger_name, config.public_reads,    config.workers},
        limits{config.limits}, openapi{std::make_shared<const std::string>(
                                   make_openapi(config.ledger_name,
                                                config.public_reads
                                                    ? read_access::everybody
                                                    : read_access::token))},
        disk{config.disk_threads, max_queued_for_disk, on_failure()},
        checks{config.check_threads, max_queued_checks, on_failure()},
        events{l, config.head_life,
               [this](auto& seen, auto& channel) {
                 return head_of(seen, channel);
               }},
        changes{{config.workers, config.listeners, config.heartbeat},
                n,
                events,
                disk} {}

  service_config config;
  runtime& node;
  const event_log& entries;
  metrics counters;
  signing_history keys;
  hot_reads hot;
  request_limits limits;
  std::shared_ptr<const std::string> openapi;
  // Last, so first to go: their tasks use all the others.
  disk_pool disk;
  disk_pool checks;
  update_events events;
  change_hub changes;

  /// One request on its way to its answer. One that is dropped unanswered is
  /// counted like the 503 that its reply then gives.
  class exchange {
   public:
    exchange(impl& self, http_request x, noted_route note, reply answer)
        : request{std::move(x)}, to{std::move(note.where)}, pays{note.pays},
          operation{to.name()}, self_{self}, answer_{std::move(answer)} {}
    exchange(const exchange&) = delete;
    ~exchange() {
      if (!finished_)
        note_dropped();
    }

    void finish(http_response x) {
      finished_ = true;
      note(x.status);
      answer_(std::move(x));
    }

    /// Answers with a stream.
    void finish(http_response head, std::unique_ptr<http_stream> body) {
      finished_ = true;
      note(head.status);
      answer_.stream(std::move(head), std::move(body));
    }

    http_request request;
    route to;
    payer pays;
    std::size_t calls = 0; ///< of a batch, so far
    std::string operation;

   private:
    void note(unsigned status) const {
      auto took = clock::now() - began_;
      self_.counters.observe(operation, status, took);
      self_.log(*this, status, took);
    }

    void note_dropped() const noexcept try {
      note(503);
    } catch (...) { // no memory even for that
    }

    impl& self_;
    reply answer_;
    clock::time_point began_ = clock::now();
    bool finished_ = false;
  };

  disk_pool::failure_function on_failure() const {
    return [this](std::string_view why) {
      log(log_level::error, "a call failed", {{"problem", why}});
    };
  }

  void log(log_level level, std::string_view event,
           boost::json::object fields) const {
    if (config.log)
      config.log(level, event, std::move(fields));
  }

  std::unique_ptr<signing> sign_with(std::uint64_t keyset_version, node_keys x);
  void log(const exchange& x, unsigned status, clock::duration took) const;
  void note_denied(const operation& what, const failure& why,
                   const principal_id& who, std::string_view request_id) const;
  http_response show_metrics() const;
  http_response read_readiness() const;
  void with_keys(const std::shared_ptr<const view>& seen,
                 std::function<void(const signing&)> run,
                 const std::function<void(failure)>& refuse);
  admission admit(const request_head& head, route where);
  void answer(const std::shared_ptr<exchange>& x);
  result<caller> who_calls(std::string_view authorization,
                           const published& seen) const;
  std::optional<failure> check_role(const operation& what,
                                    const caller& who) const;
  void call(const operation& what, json::object params,
            const std::shared_ptr<exchange>& x, operation_reply reply);
  void note_failure(const operation& what, const operation_answer& x);
  void answer_write_readiness(const std::shared_ptr<exchange>& x);
  void call_rest(const std::shared_ptr<exchange>& x);
  void stream(const std::shared_ptr<exchange>& x, subscription what);
  std::string head_of(const view& seen, const channel_view& channel);
  void call_rpc(const std::shared_ptr<exchange>& x);
};

std::unique_ptr<signing> service::impl::sign_with(std::uint64_t keyset_version,
                                                  node_keys x) {
  auto shared = std::make_shared<const node_keys>(std::move(x));
  auto answers =
      std::make_unique<const config_answers>(entries, shared, config.head_life);
  operation_world world{node,
                        *answers,
                        disk,
                        checks,
                        counters,
                        shared,
                        config.ledger_name,
                        config.wall_clock,
                        changes,
                        config.reports,
                        config.activity};
  return std::make_unique<signing>(
      signing{keyset_version, std::move(answers), std::move(world)});
}

void service::impl::log(const exchange& x, unsigned status,
                        clock::duration took) const {
  if (!config.log)
    return;
  auto& head = x.request.head();
  boost::json::object fields{
      {"operation", x.operation},
      {"status", status},
      {"microseconds",
       std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
      {"request_id", x.request.id}};
  if (!head.traceparent.empty()) // its trace id (W3C Trace Context)
    fields["trace_id"] = head.traceparent.substr(3, 32);
  log(log_level::info, "request", std::move(fields));
}

/// For the audit. Who shows no token that is known is nobody, and limited with
/// all other strangers.
void service::impl::note_denied(const operation& what, const failure& why,
                                const principal_id& who,
                                std::string_view request_id) const {
  if (config.activity != nullptr)
    config.activity->note(access_denied{who, what.name, to_string(why.code)},
                          who, request_id);
}

http_response service::impl::show_metrics() const {
  auto seen = node.view().load();
  auto outside = config.outside ? config.outside() : outside_counts{};
  outside.pool_overloads = disk.overloads() + checks.overloads();
  outside.pool_failures = disk.failures() + checks.failures();
  outside.limited_tokens = limits.refused_tokens();
  outside.limited_addresses = limits.refused_addresses();
  outside.limited_callers = limits.payers();
  outside.reports = metrics_of(config.reports);
  outside.activity = metrics_of(config.activity);
  outside.changes = changes.counts();
  return {200,
          "text/plain; version=0.0.4; charset=utf-8",
          {},
          counters.expose(node.status(), seen ? seen->data.get() : nullptr,
                          outside)};
}

http_response service::impl::read_readiness() const {
  auto seen = node.view().load();
  if (seen == nullptr)
    return text_response(503, "no view was folded yet\n");
  auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
                 clock::now() - seen->at)
                 .count();
  auto text = "ready to read; view of entry " +
              std::to_string(seen->data->size - 1) + " published " +
              std::to_string(age) + " ms ago";
  if (auto problem = node.status().read_problem(); !problem.empty())
    text += "; stale: " + problem;
  return text_response(200, text + '\n');
}

void service::impl::answer_write_readiness(const std::shared_ptr<exchange>& x) {
  auto seen = node.view().load();
  auto problem = node.status().write_problem();
  if (problem.empty() && seen == nullptr)
    problem = "no view was folded yet";
  if (!problem.empty())
    return x->finish(text_response(503, problem + '\n'));
  with_keys(
      seen->data,
      [x, seen](const signing& y) {
        auto missing = y.problem(*seen->data);
        x->finish(missing ? text_response(503, missing->message + '\n')
                          : text_response(200, "ready to write\n"));
      },
      [x](const failure& why) {
        x->finish(text_response(503, why.message + '\n'));
      });
}

/// Runs at once, or on the pool when the key files must be read again first.
void service::impl::with_keys(const std::shared_ptr<const view>& seen,
                              std::function<void(const signing&)> run,
                              const std::function<void(failure)>& refuse) {
  if (auto* x = keys.ready(*seen))
    return run(*x);
  if (!disk.run([this, seen, run = std::move(run)] { run(keys.find(*seen)); }))
    refuse({errc::overloaded, "too many calls wait for the disk: try again"});
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
    return failure{errc::unauthenticated,
                   "this needs a bearer token in the Authorization header"};
  bool any_person =
      what.reading && who.roles != 0 && !permits(who.roles, role::node);
  if (permits(who.roles, what.needs) || any_person)
    return std::nullopt;
  return failure{errc::forbidden,
                 "this needs the role " + std::string{to_string(what.needs)}};
}

void service::impl::call(const operation& what, json::object params,
                         const std::shared_ptr<exchange>& x,
                         operation_reply reply) {
  auto seen = node.view().load();
  if (seen == nullptr)
    return reply(answer_failure(
        {errc::unavailable, "the ledger is not folded yet: try again"}));
  auto& head = x->request.head();
  auto who = who_calls(head.authorization, *seen);
  if (!who) {
    note_denied(what, who.error(), {}, x->request.id);
    return reply(answer_failure(who.error()));
  }
  if (auto refused = check_role(what, *who)) {
    note_denied(what, *refused, who->principal, x->request.id);
    return reply(answer_failure(std::move(*refused)));
  }
  if (auto wrong = check_names(what, params))
    return reply(answer_failure(std::move(*wrong)));
  if (auto wrong = check_key(params))
    return reply(answer_failure(std::move(*wrong)));
  auto out = std::make_shared<operation_call>();
  out->params = std::move(params);
  out->who = *who;
  out->request_id = x->request.id;
  out->traceparent = head.traceparent;
  out->if_none_match = head.if_none_match;
  out->peer = head.peer;
  out->seen = seen->data;
  with_keys(
      seen->data,
      [&what, out, reply](const signing& y) {
        auto problem = what.signs ? y.problem(*out->seen) : std::nullopt;
        if (problem)
          return reply(answer_failure(std::move(*problem)));
        what.run(y.world, out, reply);
      },
      [reply](failure why) { reply(answer_failure(std::move(why))); });
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

/// A page of the node is for everybody, and JSON-RPC checks each call by
/// itself.
admission service::impl::admit(const request_head& head, route where) {
  auto refuse = [&](const failure& why) {
    counters.failed(where.name(), to_string(why.code));
    return admission{.refused = to_response(answer_failure(why))};
  };
  if (auto wrong = check_method(where, head.method))
    return {.refused = std::move(*wrong)};
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
      if (where.what != nullptr)
        note_denied(*where.what, who.error(), {}, {});
      return refuse(who.error());
    }
    if (where.what != nullptr)
      if (auto refused = check_role(*where.what, *who)) {
        note_denied(*where.what, *refused, who->principal, {});
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

void service::impl::answer(const std::shared_ptr<exchange>& x) {
  switch (x->to.to) {
  case end_point::operation:
    return call_rest(x);
  case end_point::rpc:
    return call_rpc(x);
  case end_point::health:
    return x->finish(text_response(200, "ok\n"));
  case end_point::metrics:
    return x->finish(show_metrics());
  case end_point::read_readiness:
    return x->finish(read_readiness());
  case end_point::write_readiness:
    return answer_write_readiness(x);
  case end_point::openapi:
    return x->finish({200, "application/json", {}, openapi});
  case end_point::none:
    return; // not admitted
  }
}

service::service(service_config config, runtime& node, const event_log& log,
                 std::uint64_t keyset_version, node_keys first)
    : impl_{std::make_unique<impl>(std::move(config), node, log, keyset_version,
                                   std::move(first))} {}

service::~service() {
  stop();
}

void service::join(std::size_t worker, std::shared_ptr<http_lane> lane) {
  impl_->changes.join(worker, std::move(lane));
}

void service::drain() {
  impl_->changes.stop();
}

void service::stop() {
  impl_->changes.stop();
  impl_->disk.stop();
  impl_->checks.stop();
}

const prepared_response* service::hot(std::size_t worker,
                                      const request_head& head) {
  auto began = clock::now();
  auto* out = impl_->hot.find(worker, head);
  if (out != nullptr)
    impl_->counters.observe_hot(worker, out->body().empty(),
                                clock::now() - began);
  return out;
}

admission service::admit(const request_head& head) {
  auto began = clock::now();
  auto where = find_route(head, impl_->config.ledger_name);
  const auto name = where.name();
  auto out = impl_->admit(head, std::move(where));
  if (out.refused)
    impl_->counters.observe(name, out.refused->status, clock::now() - began);
  return out;
}

void service::handle(http_request request, reply answer) {
  auto note = std::move(request.note);
  impl_->answer(std::make_shared<impl::exchange>(
      *impl_, std::move(request), std::move(dynamic_cast<noted_route&>(*note)),
      std::move(answer)));
}

} // namespace signalbox
