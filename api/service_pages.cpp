#include "api/service_impl.hpp"
#include "api/stream_counts.hpp"

namespace signalbox {

http_response text_response(unsigned status, std::string text) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text)};
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

/// Where reads are private, strangers learn whether and not why.
bool service::impl::tells_details(const exchange& x) const {
  return config.public_reads || !check_page(x.request.head());
}

std::string service::impl::read_state(const published& seen) const {
  auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
                 clock::now() - seen.at)
                 .count();
  auto text = "ready to read; view of entry " +
              std::to_string(seen.data->size - 1) + " published " +
              std::to_string(age) + " ms ago";
  if (const auto old = view_age(); old.count() > 0)
    text += "; the log was last read whole " + std::to_string(old.count()) +
            " s ago";
  if (auto problem = node.status().read_problem(); !problem.empty())
    text += "; stale: " + problem;
  return text;
}

/// A node that cannot sign heads has no answer to what clients ask for.
void service::impl::answer_read_readiness(const std::shared_ptr<exchange>& x) {
  const bool details = tells_details(*x);
  auto refuse = [x, details](const std::string& why) {
    x->finish(text_response(503, (details ? why : "not ready") + '\n'));
  };
  auto seen = node.view().load();
  if (seen == nullptr)
    return refuse("no view was folded yet");
  with_keys(
      seen->data,
      [this, x, seen, refuse, details](const signing& y) {
        if (auto missing = head_problem(*seen->data, *y.world.keys))
          refuse(missing->message);
        else
          x->finish(text_response(200, (details ? read_state(*seen) : "ready") +
                                           '\n'));
      },
      [refuse](const failure& why) { refuse(why.message); });
}

void service::impl::answer_write_readiness(const std::shared_ptr<exchange>& x) {
  auto seen = node.view().load();
  auto problem = node.status().write_problem();
  if (problem.empty() && seen == nullptr)
    problem = "no view was folded yet";
  auto refuse = [x, details = tells_details(*x)](const std::string& why) {
    x->finish(text_response(503, (details ? why : "not ready") + '\n'));
  };
  if (!problem.empty())
    return refuse(problem);
  with_keys(
      seen->data,
      [x, seen, refuse](const signing& y) {
        if (auto missing = y.problem(*seen->data))
          refuse(missing->message);
        else
          x->finish(text_response(200, "ready to write\n"));
      },
      [refuse](const failure& why) { refuse(why.message); });
}

} // namespace signalbox
