#pragma once

#include "api/service.hpp"

#include "api/change_hub.hpp"
#include "api/consistency.hpp"
#include "api/disk_pool.hpp"
#include "api/hot_reads.hpp"
#include "api/openapi.hpp"
#include "api/operation.hpp"
#include "api/routes.hpp"
#include "api/update_events.hpp"

#include <chrono>

/// The inside of `service`, for its own sources: `service` (its life),
/// `service_admission` (who may), `service_calls` (operations over both
/// surfaces), `service_pages` (the node's own pages).
namespace signalbox {

http_response text_response(unsigned status, std::string text);

/// The route of an admitted request, and who pays for it.
struct noted_route final : request_note {
  noted_route(route x, const payer& y) : where{std::move(x)}, pays{y} {}
  route where;
  payer pays;
};

struct service::impl {
  using clock = std::chrono::steady_clock;

  impl(service_config config, runtime& node, const event_log& log,
       std::uint64_t keyset_version, node_keys keys);

  service_config config;
  runtime& node;
  const event_log& entries;
  metrics counters;
  signing_history keys;
  hot_reads hot;
  request_limits limits;
  std::shared_ptr<const std::string> openapi;
  // Their tasks use all the others; `stop` ends them before anything goes.
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
      if (const auto age = self_.view_age(); age.count() > 0)
        x.headers.emplace_back("Age", std::to_string(age.count()));
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

  /// How old an answer may be (RFC 9111 section 5.1): zero while the node is
  /// known to follow its log.
  std::chrono::seconds view_age() const;

  disk_pool::failure_function on_failure() const;

  void log(log_level level, std::string_view event,
           boost::json::object fields) const {
    if (config.log)
      config.log(level, event, std::move(fields));
  }

  std::unique_ptr<signing> sign_with(std::uint64_t keyset_version, node_keys x);
  void log(const exchange& x, unsigned status, clock::duration took) const;
  void note_denied(std::string_view operation, const failure& why,
                   const principal_id& who, std::string_view request_id) const;
  http_response show_metrics() const;
  std::string read_state(const published& seen) const;
  bool tells_details(const exchange& x) const;
  void with_keys(const std::shared_ptr<const view>& seen,
                 std::function<void(const signing&)> run,
                 const std::function<void(failure)>& refuse);
  admission admit(const request_head& head, route where);
  void answer(const std::shared_ptr<exchange>& x);
  result<caller> who_calls(std::string_view authorization,
                           const published& seen) const;
  std::optional<failure> check_role(const operation& what,
                                    const caller& who) const;
  std::optional<failure> check_linear(const operation& what, const caller& who,
                                      const exchange& x) const;
  std::optional<failure> check_page(const request_head& head) const;
  result<caller> check_caller(const operation& what, const published& seen,
                              const exchange& x) const;
  void call(const operation& what, json::object params,
            const std::shared_ptr<exchange>& x, operation_reply reply);
  void run(const operation& what, const published& seen, const caller& who,
           json::object params, const std::shared_ptr<exchange>& x,
           const operation_reply& reply);
  void run_latest(const operation& what, json::object params,
                  const std::shared_ptr<exchange>& x, operation_reply reply);
  void note_failure(const operation& what, const operation_answer& x);
  void answer_read_readiness(const std::shared_ptr<exchange>& x);
  void answer_write_readiness(const std::shared_ptr<exchange>& x);
  void call_rest(const std::shared_ptr<exchange>& x);
  void stream(const std::shared_ptr<exchange>& x, subscription what);
  std::string head_of(const view& seen, const channel_view& channel);
  void call_rpc(const std::shared_ptr<exchange>& x);
};

} // namespace signalbox
