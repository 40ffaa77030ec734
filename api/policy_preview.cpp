#include "api/policy_preview.hpp"

#include "actors/publish.hpp"
#include "api/read_support.hpp"
#include "events/artifact.hpp"
#include "policy/policy_samples.hpp"

#include <set>

namespace signalbox {

namespace {

using channels = std::vector<std::shared_ptr<const channel_view>>;

bool selects(std::string_view wanted, std::string_view name) {
  return wanted == "*" || wanted == name;
}

void add_channels(const view& seen, const catalog_profile& profile,
                  channels& out) {
  auto* family = seen.documents->find_family(profile.client_id);
  std::set<std::uint32_t> majors;
  if (family != nullptr)
    for (auto& [ref, schema] : family->schemas)
      majors.insert(schema->major);
  for (auto major : majors)
    if (auto channel =
            seen.find_channel(profile.client_id, profile.profile, major))
      out.push_back(std::move(channel));
}

result<checked_request> check_current(const operation_world& world,
                                      const view& seen, const channel_row& row,
                                      const catalog_policy_set& rules,
                                      json::object& about) {
  auto core = world.answers.read_core(row.artifact_index);
  if (!core)
    return core.error();
  auto document = parse_json(*core, artifact_limits);
  if (!document || !document->is_object())
    return failure{errc::log_corrupt, "the stored artifact cannot be read"};
  auto& artifact = document->get_object();
  about["artifact_id"] = artifact["artifact_id"];
  about["version"] = artifact["version"];
  return check_request(seen,
                       {row.client_id, row.profile,
                        to_canonical(artifact["payload"]),
                        std::string{artifact["schema_ref"].as_string()}},
                       &rules);
}

json::object preview(const operation_world& world, const view& seen,
                     const channel_row& row, const catalog_policy_set& rules) {
  json::object out{{"client_id", row.client_id},
                   {"profile", row.profile},
                   {"major", row.major}};
  auto checked = check_current(world, seen, row, rules, out);
  if (!checked) {
    out["verdict"] = "unknown";
    out["detail"] = checked.error().message;
    return out;
  }
  out["verdict"] = to_string(verdict_of(checked->report.findings));
  out["report"] = to_json(checked->report);
  return out;
}

} // namespace

result<json::array> preview_policy(const operation_world& world,
                                   const view& seen,
                                   const std::string& client_id,
                                   const std::string& profile,
                                   const catalog_policy_set& rules) {
  channels found;
  bool any = false;
  for (auto& [key, x] : seen.documents->profiles) {
    if (!selects(client_id, x->client_id) || !selects(profile, x->profile))
      continue;
    any = true;
    add_channels(seen, *x, found);
    if (found.size() > max_previewed)
      return failure{errc::too_large,
                     "more than " + std::to_string(max_previewed) +
                         " artifacts are current there: name one client"};
  }
  if (!any)
    return seen.documents->find_family(client_id) == nullptr && client_id != "*"
               ? read_operations::no_such_client()
               : read_operations::no_such_profile();
  json::array out;
  for (auto& x : found)
    out.emplace_back(preview(world, seen, x->row, rules));
  return out;
}

} // namespace signalbox
