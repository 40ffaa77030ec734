#include "api/metrics.hpp"

#include "actors/node_status.hpp"
#include "projections/view.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace signalbox {

namespace {

const prometheus::Histogram::BucketBoundaries latency_buckets{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,   0.1,     0.2,    0.3,   0.5,    1,     5};

double seconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double>(x).count();
}

} // namespace

struct metrics::impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("signalbox_requests_total")
          .Help("Requests by operation and HTTP status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& latency =
      prometheus::BuildHistogram()
          .Name("signalbox_request_seconds")
          .Help("Time from the request's head to its answer, by operation")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& publishes =
      prometheus::BuildCounter()
          .Name("signalbox_publishes_total")
          .Help("Publishes by outcome")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& findings =
      prometheus::BuildCounter()
          .Name("signalbox_validation_failures_total")
          .Help("Findings that refused a draft, by rule")
          .Register(registry);
  prometheus::Counter& hot_ok =
      requests.Add({{"operation", "GetConfig"}, {"status", "200"}});
  prometheus::Counter& hot_same =
      requests.Add({{"operation", "GetConfig"}, {"status", "304"}});
  prometheus::Histogram& hot_latency =
      latency.Add({{"operation", "GetConfig"}}, latency_buckets);
};

metrics::metrics() : impl_{std::make_unique<impl>()} {}
metrics::~metrics() = default;

void metrics::observe(std::string_view operation, unsigned status,
                      std::chrono::nanoseconds took) {
  impl_->requests
      .Add({{"operation", std::string{operation}},
            {"status", std::to_string(status)}})
      .Increment();
  impl_->latency.Add({{"operation", std::string{operation}}}, latency_buckets)
      .Observe(seconds(took));
}

void metrics::observe_hot(bool not_modified, std::chrono::nanoseconds took) {
  (not_modified ? impl_->hot_same : impl_->hot_ok).Increment();
  impl_->hot_latency.Observe(seconds(took));
}

void metrics::published(std::string_view outcome) {
  impl_->publishes.Add({{"outcome", std::string{outcome}}}).Increment();
}

void metrics::validation_failure(std::string_view rule) {
  impl_->findings.Add({{"rule", std::string{rule}}}).Increment();
}

std::string metrics::expose(const node_status& status, const view* served,
                            std::size_t open_connections) const {
  // Gauges are read where they live, at the moment of the scrape.
  prometheus::Registry now;
  auto gauge = [&](const char* name, const char* help, double value) {
    prometheus::BuildGauge().Name(name).Help(help).Register(now).Add({}).Set(
        value);
  };
  auto end = status.log_end.load();
  auto folded = status.folded.load();
  gauge("signalbox_log_entries", "Entries in the log",
        static_cast<double>(std::max(end, folded)));
  gauge("signalbox_folded_entries", "Entries folded",
        static_cast<double>(folded));
  gauge("signalbox_fold_lag_entries", "Entries that are not folded yet",
        static_cast<double>(end > folded ? end - folded : 0));
  gauge("signalbox_entries_accepted", "Entries accepted since the start",
        static_cast<double>(status.accepted));
  gauge("signalbox_entries_voided", "Entries voided since the start",
        static_cast<double>(status.voided));
  gauge("signalbox_commands_in_flight", "Commands that wait for an outcome",
        static_cast<double>(status.in_flight));
  gauge("signalbox_commands_overloaded", "Commands refused under overload",
        static_cast<double>(status.overloads));
  gauge("signalbox_append_failures", "Groups that failed to be appended",
        static_cast<double>(status.append_failures));
  gauge("signalbox_state_save_failures", "Times the state was not saved",
        static_cast<double>(status.save_failures));
  gauge("signalbox_actor_restarts", "Crashed actors",
        static_cast<double>(status.restarts));
  gauge("signalbox_clock_difference_seconds",
        "Wall clock minus the log's clock at its last entry",
        static_cast<double>(status.clock_difference) / 1000);
  gauge("signalbox_ready_write", "1 if writes are taken",
        status.write_problem().empty() ? 1 : 0);
  gauge("signalbox_open_connections", "Open client connections",
        static_cast<double>(open_connections));
  if (served != nullptr) {
    gauge("signalbox_channels", "Channels",
          static_cast<double>(served->channel_count));
    gauge("signalbox_view_entries", "Entries that the served view shows",
          static_cast<double>(served->size));
  }
  prometheus::TextSerializer serializer;
  return serializer.Serialize(impl_->registry.Collect()) +
         serializer.Serialize(now.Collect());
}

} // namespace signalbox
