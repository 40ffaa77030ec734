#include "api/metrics.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "actors/node_status.hpp"
#include "api/defaults.hpp"
#include "projections/view.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace signalbox {

namespace {

using std::chrono::nanoseconds;

/// Upper bounds of the latency buckets in microseconds.
constexpr std::array<std::int64_t, 19> bucket_bounds{
    5,       10,      25,      50,        100,      250,    500,
    1'000,   2'500,   5'000,   10'000,    25'000,   50'000, 100'000,
    200'000, 300'000, 500'000, 1'000'000, 5'000'000};

const prometheus::Histogram::BucketBoundaries latency_buckets = [] {
  prometheus::Histogram::BucketBoundaries out;
  for (auto x : bucket_bounds)
    out.push_back(static_cast<double>(x) / 1e6);
  return out;
}();

constexpr const char* fetches_name = "signalbox_config_fetches_total";

double seconds(nanoseconds x) {
  return std::chrono::duration<double>(x).count();
}

/// What one worker answered from prepared bytes, on cache lines of its own.
struct alignas(64) hot_counts {
  lone_counter ok;
  lone_counter not_modified;
  lone_counter nanoseconds_taken;
  std::array<lone_counter, bucket_bounds.size() + 1> buckets;

  void observe(bool same, nanoseconds took) {
    (same ? not_modified : ok).add();
    nanoseconds_taken.add(static_cast<std::uint64_t>(took.count()));
    const auto last = std::find_if(
        bucket_bounds.begin(), bucket_bounds.end(), [&](std::int64_t bound) {
          return took <= std::chrono::microseconds{bound};
        });
    buckets[static_cast<std::size_t>(last - bucket_bounds.begin())].add();
  }
};

/// One worker's counts by client family. Only that worker adds places, under
/// the lock that a scrape takes too; it counts without.
struct hot_families {
  std::mutex mutex;
  std::map<std::string, hot_fetches, std::less<>> by_family;
};

bool has_label(const prometheus::ClientMetric& x, std::string_view name,
               std::string_view value) {
  return std::any_of(x.label.begin(), x.label.end(), [&](auto& y) {
    return y.name == name && y.value == value;
  });
}

void add_hot(prometheus::ClientMetric::Histogram& to, const hot_counts& x) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < to.bucket.size(); ++i) {
    sum += x.buckets[i].get();
    to.bucket[i].cumulative_count += sum;
  }
  to.sample_count += sum;
  to.sample_sum += static_cast<double>(x.nanoseconds_taken.get()) / 1e9;
}

/// Families that are made for one scrape, of numbers that live elsewhere.
class scrape {
 public:
  template <class T>
  void gauge(const char* name, const char* help, T value) {
    prometheus::BuildGauge()
        .Name(name)
        .Help(help)
        .Register(registry_)
        .Add({})
        .Set(static_cast<double>(value));
  }

  void counter(const char* name, const char* help, std::uint64_t value) {
    prometheus::BuildCounter()
        .Name(name)
        .Help(help)
        .Register(registry_)
        .Add({})
        .Increment(static_cast<double>(value));
  }

  std::vector<prometheus::MetricFamily> collect() const {
    return registry_.Collect();
  }

 private:
  prometheus::Registry registry_;
};

std::string_view label(const prometheus::ClientMetric& x,
                       std::string_view name) {
  for (auto& y : x.label)
    if (y.name == name)
      return y.value;
  return {};
}

void add_node(scrape& to, const node_status& status) {
  auto end = status.log_end.load();
  auto folded = status.folded.load();
  to.gauge("signalbox_log_entries", "Entries in the log",
           std::max(end, folded));
  to.gauge("signalbox_folded_entries", "Entries folded", folded);
  to.gauge("signalbox_fold_lag_entries", "Entries that are not folded yet",
           end > folded ? end - folded : 0);
  to.counter("signalbox_entries_accepted_total",
             "Entries accepted since the start", status.accepted);
  to.counter("signalbox_entries_voided_total", "Entries voided since the start",
             status.voided);
  to.gauge("signalbox_commands_in_flight", "Commands that wait for an outcome",
           status.in_flight.load());
  to.counter("signalbox_commands_overloaded_total",
             "Commands refused under overload", status.overloads);
  to.gauge("signalbox_linear_reads_waiting",
           "Reads that wait for what is newest", status.linear_readers.load());
  to.counter("signalbox_linear_ticks_total",
             "Entries that this node appended for linear reads",
             status.linear_ticks);
  to.counter("signalbox_append_failures_total",
             "Groups that failed to be appended", status.append_failures);
  to.counter("signalbox_state_save_failures_total",
             "Times the state was not saved", status.save_failures);
  to.counter("signalbox_actor_restarts_total", "Crashed actors",
             status.restarts);
  to.gauge("signalbox_clock_difference_seconds",
           "Wall clock minus the log's clock",
           static_cast<double>(status.clock_difference) / 1000);
  to.gauge("signalbox_view_behind_seconds",
           "Time since the log was last known to be read whole; 0 where this "
           "node is its only writer",
           std::chrono::duration<double>(status.behind()).count());
  to.gauge("signalbox_ready_write", "1 if writes are taken",
           status.write_problem().empty() ? 1 : 0);
}

void add_states(scrape& to, const node_status& status) {
  to.counter("signalbox_state_agreements_total",
             "Times another node's state was this one's",
             status.state_agreements);
  to.counter("signalbox_state_disagreements_total",
             "Times another node's state or history was not this one's",
             status.state_disagreements);
  to.gauge("signalbox_state_alarms",
           "Nodes whose state or history is not this one's",
           status.state_alarms.load());
  to.counter("signalbox_state_refolds_total",
             "Times the log was folded again since nodes differed",
             status.state_refolds);
  to.counter("signalbox_state_repairs_total",
             "Times this gave another state, which took the former's place",
             status.state_repairs);
}

void add_http(scrape& to, const http_counts& x) {
  to.gauge("signalbox_open_connections", "Open client connections", x.open);
  to.counter("signalbox_connections_accepted_total",
             "Client connections that were taken", x.accepted);
  to.counter("signalbox_connections_refused_total",
             "Client connections above the limit", x.refused);
  to.counter("signalbox_http_timeouts_total",
             "Connections cut in a request or a response", x.timeouts);
  to.counter("signalbox_http_malformed_total",
             "Requests that do not follow HTTP", x.malformed);
  to.counter("signalbox_http_failures_total",
             "Requests that failed inside the node", x.failures);
  to.gauge("signalbox_http_unsent_bytes",
           "Bytes of answers that wait for slow readers", x.unsent);
  to.counter("signalbox_http_slow_readers_total",
             "Connections ended since too many bytes waited for readers",
             x.slow_readers);
  to.counter("signalbox_http_sent_bytes_total", "Bytes sent to clients",
             x.bytes);
}

void add_reports(scrape& to, const report_metrics& x) {
  to.counter("signalbox_reports_total", "Reports of clients that were written",
             x.stream.written);
  to.counter("signalbox_reports_repeated_total",
             "Reports that said what the client had just said", x.repeated);
  to.counter("signalbox_reports_dropped_total",
             "Reports that were not taken: too many, or no room",
             x.stream.dropped);
  to.counter("signalbox_reports_uncounted_total",
             "Reports of more clients than are counted", x.left_out);
  to.gauge("signalbox_reports_kept", "Reports in the stream", x.stream.kept);
  to.gauge("signalbox_reports_bytes", "Bytes that the reports take, about",
           x.stream.bytes);
  to.gauge("signalbox_reporting_clients", "Clients whose last report is known",
           x.clients);
  to.gauge("signalbox_reporting_clients_bytes",
           "Memory that these clients take, about", x.client_bytes);
}

void add_activity(scrape& to, const stream_metrics& x) {
  to.counter("signalbox_activity_total",
             "Entries written to the activity stream", x.written);
  to.counter("signalbox_activity_dropped_total",
             "Refused drafts and denied calls beyond the limits", x.dropped);
  to.gauge("signalbox_activity_kept", "Entries in the activity stream", x.kept);
  to.gauge("signalbox_activity_bytes",
           "Bytes that the activity stream takes, about", x.bytes);
}

void add_updates(scrape& to, const updates_counts& x) {
  to.gauge("signalbox_updates_writer",
           "1 if this node writes the topic of changes", x.is_writer ? 1 : 0);
  to.gauge("signalbox_updates_behind_seconds",
           "How long a change has waited that is not in the topic of changes; "
           "0 if there is none, and where there is no topic",
           seconds(x.behind));
  to.counter("signalbox_updates_total",
             "Messages written to the topic of changes", x.written);
  to.counter("signalbox_updates_takeovers_total",
             "Times this node became the writer of the topic of changes",
             x.elections);
  to.counter("signalbox_updates_lost_total",
             "Times another node took over the topic of changes from this one",
             x.lost);
}

void add_changes(scrape& to, const change_counts& x) {
  to.gauge("signalbox_subscribers",
           "Clients that listen to a stream of changes", x.subscribers);
  to.gauge("signalbox_subscribers_waiting",
           "Subscribers that wait for their turn to catch up", x.waiting);
  to.gauge("signalbox_long_polls", "PollChanges that wait for a change",
           x.long_polls);
  to.counter("signalbox_fanout_events_total",
             "Changes handed to subscribers, one for each of them",
             x.delivered);
  to.counter("signalbox_subscriber_overflows_total",
             "Subscribers that read too slowly and were told to resume",
             x.overflows);
}

/// From the publication of a change until the last subscriber of a worker that
/// can take it has it.
prometheus::MetricFamily delivery_family(const change_counts& x) {
  prometheus::MetricFamily out;
  out.name = "signalbox_fanout_seconds";
  out.help = "From a change's publication until a worker has written it to all "
             "its subscribers that read";
  out.type = prometheus::MetricType::Histogram;
  auto& y = out.metric.emplace_back().histogram;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < x.buckets.size(); ++i) {
    sum += x.buckets[i];
    y.bucket.push_back({sum, i < delivery_bounds.size()
                                 ? static_cast<double>(delivery_bounds[i]) / 1e3
                                 : std::numeric_limits<double>::infinity()});
  }
  y.sample_count = sum;
  y.sample_sum = x.seconds;
  return out;
}

void add_tls(scrape& to, const outside_counts& x) {
  to.counter("signalbox_tls_failures_total",
             "Connections that TLS ended, most of them in the handshake",
             x.http.tls_failures);
  to.gauge("signalbox_tls_certificate_expires_timestamp_seconds",
           "When the TLS certificate ends; 0 without TLS", x.tls_expires_at);
  to.counter("signalbox_tls_renewal_failures_total",
             "New certificates that could not be taken",
             x.tls_renewal_failures);
}

void add_outside(scrape& to, const outside_counts& x) {
  add_http(to, x.http);
  add_tls(to, x);
  to.counter("signalbox_limited_token_requests_total",
             "Requests of a token above its rate limit", x.limited_tokens);
  to.counter("signalbox_limited_address_requests_total",
             "Requests without a token above the limit of their address",
             x.limited_addresses);
  to.gauge("signalbox_limited_callers",
           "Tokens and addresses whose requests are counted",
           x.limited_callers);
  add_changes(to, x.changes);
  to.counter("signalbox_log_lines_dropped_total",
             "Lines of the structured log that nobody read in time",
             x.dropped_log_lines);
  to.counter("signalbox_pool_overloads_total",
             "Calls refused since too many waited for the disk or a check",
             x.pool_overloads);
  to.counter("signalbox_pool_failures_total",
             "Calls that failed inside the node", x.pool_failures);
  add_reports(to, x.reports);
  add_activity(to, x.activity);
  add_updates(to, x.updates);
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
  prometheus::Family<prometheus::Counter>& fetches =
      prometheus::BuildCounter()
          .Name(fetches_name)
          .Help("GetConfig answers by client family and HTTP status")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& failures =
      prometheus::BuildCounter()
          .Name("signalbox_failures_total")
          .Help("Calls that failed, by operation and code")
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
  std::vector<hot_counts> hot;
  std::vector<hot_families> hot_by_family;
  std::mutex families_mutex;
  std::set<std::string, std::less<>> families; // that have a label

  explicit impl(std::size_t workers) : hot(workers), hot_by_family(workers) {
    // What is hot is added to these at the scrape.
    for (const auto* status : {"200", "304"})
      requests.Add({{"operation", "GetConfig"}, {"status", status}});
    latency.Add({{"operation", "GetConfig"}}, latency_buckets);
  }

  std::string family_label(std::string_view client_id);
  void add_hot_fetches(prometheus::ClientMetric& to);
  void add_hot_to(std::vector<prometheus::MetricFamily>& collected);
};

/// Families are an operator's doing and not a stranger's; still there is a
/// bound.
std::string metrics::impl::family_label(std::string_view client_id) {
  const std::lock_guard lock{families_mutex};
  if (!families.contains(client_id)) {
    if (families.size() >= max_counted_families)
      return "other";
    families.emplace(client_id);
  }
  return std::string{client_id};
}

void metrics::impl::add_hot_fetches(prometheus::ClientMetric& to) {
  const auto family = label(to, "client_id");
  const bool same = label(to, "status") == "304";
  for (auto& x : hot_by_family) {
    const std::lock_guard lock{x.mutex};
    if (auto i = x.by_family.find(family); i != x.by_family.end())
      to.counter.value += static_cast<double>(
          (same ? i->second.not_modified : i->second.ok).get());
  }
}

void metrics::impl::add_hot_to(
    std::vector<prometheus::MetricFamily>& collected) {
  for (auto& family : collected)
    for (auto& metric : family.metric) {
      if (family.name == fetches_name)
        add_hot_fetches(metric);
      if (!has_label(metric, "operation", "GetConfig"))
        continue;
      for (auto& x : hot)
        if (family.type == prometheus::MetricType::Histogram)
          add_hot(metric.histogram, x);
        else if (has_label(metric, "status", "200"))
          metric.counter.value += static_cast<double>(x.ok.get());
        else if (has_label(metric, "status", "304"))
          metric.counter.value += static_cast<double>(x.not_modified.get());
    }
}

metrics::metrics(std::size_t workers)
    : impl_{std::make_unique<impl>(workers)} {}
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

void metrics::observe_hot(std::size_t worker, bool not_modified,
                          std::chrono::nanoseconds took) {
  impl_->hot[worker].observe(not_modified, took);
}

hot_fetches& metrics::fetches_of(std::size_t worker,
                                 std::string_view client_id) {
  const auto name = impl_->family_label(client_id);
  for (const auto* status : {"200", "304"}) // what a scrape adds to
    impl_->fetches.Add({{"client_id", name}, {"status", status}});
  auto& mine = impl_->hot_by_family[worker];
  const std::lock_guard lock{mine.mutex};
  return mine.by_family[name];
}

void metrics::fetched(std::string_view client_id, unsigned status) {
  impl_->fetches
      .Add({{"client_id", impl_->family_label(client_id)},
            {"status", std::to_string(status)}})
      .Increment();
}

void metrics::failed(std::string_view operation, std::string_view code) {
  impl_->failures
      .Add({{"operation", std::string{operation}}, {"code", std::string{code}}})
      .Increment();
}

void metrics::published(std::string_view outcome) {
  impl_->publishes.Add({{"outcome", std::string{outcome}}}).Increment();
}

void metrics::validation_failure(std::string_view rule) {
  impl_->findings.Add({{"rule", std::string{rule}}}).Increment();
}

std::string metrics::expose(const node_status& status, const view* served,
                            const outside_counts& outside) const {
  scrape now;
  add_node(now, status);
  add_states(now, status);
  add_outside(now, outside);
  if (served != nullptr) {
    now.gauge("signalbox_channels", "Channels", served->channel_count);
    now.gauge("signalbox_view_entries", "Entries that the served view shows",
              served->size);
  }
  auto kept = impl_->registry.Collect();
  kept.push_back(delivery_family(outside.changes));
  impl_->add_hot_to(kept);
  prometheus::TextSerializer serializer;
  return serializer.Serialize(kept) + serializer.Serialize(now.collect());
}

} // namespace signalbox
