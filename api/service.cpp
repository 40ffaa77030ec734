#include "api/service_impl.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::size_t max_queued_for_disk = 1024;
constexpr std::size_t max_queued_checks = 256;

} // namespace

service::impl::impl(service_config c, runtime& n, const event_log& l,
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
      events{
          l, config.head_life,
          [this](auto& seen, auto& channel) { return head_of(seen, channel); }},
      changes{{config.workers, config.listeners, config.heartbeat,
               std::max<std::size_t>(config.disk_threads, 2) - 1},
              n,
              events,
              disk} {}

std::chrono::seconds service::impl::view_age() const {
  const auto behind = node.status().behind();
  return behind < config.tolerated_age
             ? std::chrono::seconds{}
             : std::chrono::duration_cast<std::chrono::seconds>(behind);
}

disk_pool::failure_function service::impl::on_failure() const {
  return [this](std::string_view why) {
    log(log_level::error, "a call failed", {{"problem", why}});
  };
}

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
    return answer_read_readiness(x);
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
  auto began = impl::clock::now();
  if (impl_->view_age().count() > 0)
    return nullptr; // what lies ready does not tell its age
  auto* out = impl_->hot.find(worker, head);
  if (out != nullptr)
    impl_->counters.observe_hot(worker, out->body().empty(),
                                impl::clock::now() - began);
  return out;
}

admission service::admit(const request_head& head) {
  auto began = impl::clock::now();
  auto where = find_route(head, impl_->config.ledger_name);
  const auto name = where.name();
  auto out = impl_->admit(head, std::move(where));
  if (out.refused)
    impl_->counters.observe(name, out.refused->status,
                            impl::clock::now() - began);
  return out;
}

void service::handle(http_request request, reply answer) {
  auto note = std::move(request.note);
  impl_->answer(std::make_shared<impl::exchange>(
      *impl_, std::move(request), std::move(dynamic_cast<noted_route&>(*note)),
      std::move(answer)));
}

} // namespace signalbox
