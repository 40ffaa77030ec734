#include "api/report_operations.hpp"

#include "actors/client_reports.hpp"
#include "api/audit_scan.hpp"
#include "api/pool_answer.hpp"
#include "api/read_support.hpp"
#include "policy/secret_scanner.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace signalbox::report_operations {

namespace {

constexpr std::size_t max_fingerprint_bytes = 256;
constexpr std::size_t max_detail_bytes = 512;

/// How far from now `applied_at` may lie: a client's clock may be wrong, a
/// value beyond that is no time of an application.
constexpr std::int64_t max_past = 366LL * 24 * 3'600'000;
constexpr std::int64_t max_future = 24LL * 3'600'000;

failure takes_none() {
  return {errc::unavailable, "this node takes no reports of clients"};
}

bool is_fingerprint(std::string_view x) {
  return !x.empty() && x.size() <= max_fingerprint_bytes &&
         std::all_of(x.begin(), x.end(),
                     [](char c) { return c > 0x20 && c < 0x7f; });
}

void read_result(parameter_reader& in, client_state& out) {
  auto result = report_result_from_string(in.text("result"));
  if (result)
    out.result = *result;
  else
    in.fail("result",
            "must be applied, failed, rolled_back, rejected or other");
}

void read_applied_at(parameter_reader& in, timestamp now, client_state& out) {
  auto text = in.optional_text("applied_at");
  if (!text)
    return;
  auto time = from_rfc3339(*text);
  if (!time)
    return in.fail("applied_at", "must be an RFC 3339 time in UTC, such as "
                                 "2026-01-31T12:00:00Z");
  if (*time < now + -max_past || *time > now + max_future)
    return in.fail("applied_at",
                   "must lie within the last year and the next day");
  out.applied_at = *time;
}

void read_artifact(parameter_reader& in, client_state& out) {
  auto artifact = from_content_id(in.text("artifact_id"));
  if (artifact)
    out.artifact = *artifact;
  else
    in.fail("artifact_id", "must be sha256: and 64 digits");
}

/// A detail is written by a program that may have a secret at hand: what looks
/// like one, or like a person, is refused and not repeated (NFR-5, NFR-8).
std::optional<failure> check_detail(const std::string& detail) {
  if (detail.size() > max_detail_bytes)
    return failure{errc::too_large, "detail: is above 512 bytes; shorten it",
                   "/detail"};
  for (auto& x : scan_text(detail, "/detail"))
    if (x.level == severity::error)
      return failure{errc::validation_failed,
                     "detail: " + x.message + " (rule " + x.rule + ')',
                     "/detail"};
  return std::nullopt;
}

result<client_state> read_report(const operation_world& world,
                                 const operation_call& call) {
  parameter_reader in{call.params};
  client_state out;
  out.fingerprint = in.text("client_fingerprint");
  if (!is_fingerprint(out.fingerprint))
    in.fail("client_fingerprint",
            "must be 1 to 256 printable ASCII characters without spaces");
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  read_artifact(in, out);
  read_result(in, out);
  read_applied_at(in, world.reports->now(), out);
  out.detail = in.optional_text("detail").value_or("");
  out.correlation = call.request_id;
  if (in.error())
    return *in.error();
  if (auto wrong = check_detail(out.detail))
    return *wrong;
  return out;
}

/// Only what was released can run somewhere: this bounds what strangers can
/// make us count.
std::optional<failure> check_release(const view& seen, const client_state& x) {
  if (seen.documents->find_family(x.client_id) == nullptr)
    return read_operations::no_such_client();
  if (seen.documents->find_profile(x.client_id, x.profile) == nullptr)
    return read_operations::no_such_profile();
  if (read_operations::channel_of(seen, x.client_id, x.profile, x.artifact))
    return std::nullopt;
  return failure{errc::not_found,
                 "this artifact was never released in the profile",
                 "/artifact_id"};
}

operation_answer acknowledge(const result<report_receipt>& x) {
  if (!x)
    return answer_failure(x.error());
  return answer_json(
      json::object{{"status", x->repeated ? "repeated" : "accepted"},
                   {"received_at", to_rfc3339(x->received_at)},
                   {"counted", x->counted}});
}

/// What the release's own entry says of the artifact: its version.
std::string version_of(const operation_world& world, const view& seen,
                       const deployment_count& x) {
  auto channel =
      read_operations::channel_of(seen, x.client_id, x.profile, x.artifact);
  auto* release =
      channel == nullptr ? nullptr : seen.find_release(*channel, x.artifact);
  if (release == nullptr)
    return {};
  auto record =
      read_audit_record(world.answers.log(), seen, log_index{release->index});
  return record ? record->version : std::string{};
}

json::object row_json(const shown_count& x, std::uint64_t floor) {
  json::object out{{"client_id", x.what.client_id},
                   {"profile", x.what.profile},
                   {"artifact_id", to_content_id(x.what.artifact)},
                   {"result", to_string(x.what.result)}};
  if (x.clients)
    out["clients"] = *x.clients;
  else
    out["fewer_than"] = floor;
  return out;
}

json::array rows_json(const operation_world& world, const view& seen,
                      const std::vector<shown_count>& counts) {
  json::array out;
  std::string version;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    auto& what = counts[i].what;
    // The results of one artifact follow each other.
    if (i == 0 || counts[i - 1].what.artifact != what.artifact ||
        counts[i - 1].what.profile != what.profile)
      version = version_of(world, seen, what);
    auto row = row_json(counts[i], world.reports->floor());
    if (!version.empty())
      row["version"] = version;
    out.emplace_back(std::move(row));
  }
  return out;
}

operation_answer count_deployments(const operation_world& world,
                                   const view& seen, std::int64_t window,
                                   const deployment_filter& filter) {
  auto& reports = *world.reports;
  const auto counts = reports.count(window, filter);
  std::uint64_t shown = 0;
  for (auto& x : counts)
    shown += x.clients.value_or(0);
  json::object out{{"counted_at", to_rfc3339(reports.now())},
                   {"window_seconds", window / 1000},
                   {"clients", shown},
                   {"complete", reports.is_complete()},
                   {"deployments", rows_json(world, seen, counts)}};
  if (reports.floor() > 1)
    out["floor"] = reports.floor();
  return answer_json(out);
}

/// The window in milliseconds. Under a floor there is one: with two, the
/// difference would tell of single clients.
std::int64_t read_window(parameter_reader& in, const client_reports& reports) {
  auto seconds = in.optional_number(
      "window", static_cast<std::uint64_t>(reports.keep() / 1000));
  if (!seconds)
    return reports.window();
  const auto out = static_cast<std::int64_t>(*seconds) * 1000;
  if (out == 0)
    in.fail("window", "must be at least 1 second");
  else if (reports.floor() > 1 && out != reports.window())
    in.fail("window", "cannot be chosen while counts have a privacy floor");
  return out;
}

} // namespace

void report_client_state(const operation_world& world,
                         std::shared_ptr<operation_call> call,
                         operation_reply reply) {
  if (world.reports == nullptr)
    return reply(answer_failure(takes_none()));
  auto report = read_report(world, *call);
  if (!report)
    return reply(answer_failure(report.error()));
  if (auto wrong = check_release(*call->seen, *report))
    return reply(answer_failure(std::move(*wrong)));
  world.reports->take(std::move(*report),
                      [reply](auto x) { reply(acknowledge(x)); });
}

void get_deployments(const operation_world& world,
                     std::shared_ptr<operation_call> call,
                     operation_reply reply) {
  if (world.reports == nullptr)
    return reply(answer_failure(takes_none()));
  parameter_reader in{call->params};
  deployment_filter filter;
  filter.client_id = in.optional_text("client_id");
  filter.profile = in.optional_text("profile");
  const auto window = read_window(in, *world.reports);
  if (in.error())
    return reply(answer_failure(*in.error()));
  answer_on(world.disk, reply, [&world, call, window, filter] {
    return count_deployments(world, *call->seen, window, filter);
  });
}

} // namespace signalbox::report_operations
