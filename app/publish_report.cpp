#include "app/publish_report.hpp"

#include <ostream>

#include "app/draft_report.hpp"
#include "app/json_text.hpp"

namespace signalbox {

namespace {

constexpr const char* lists[] = {"warnings", "changes"};

std::string path_below(const std::string& client_id, const std::string& profile,
                       const std::string& what) {
  return path_of({"clients", client_id, "profiles", profile, what});
}

/// `1` of CLIENT/1.2.0.
std::string major_of(const std::string& schema_ref) {
  const auto version = schema_ref.substr(schema_ref.find('/') + 1);
  return version.substr(0, version.find('.'));
}

/// The finding of a dry check that an artifact's summary speaks of; the
/// summary's own words where today's check has none.
json::value explained(const json::value& summary, const json::value& checked,
                      std::string_view list) {
  for (auto& x : elements(at(checked, list)))
    if (text_at(x, "rule") == text_at(summary, "rule") &&
        text_at(x, "pointer") == text_at(summary, "pointer"))
      return x;
  auto out = summary;
  out.as_object()["severity"] = list == "changes" ? "changed" : "warning";
  return out;
}

/// The answer of a dry check; null if there is none.
json::value check_again(const api_client& server, const json::value& artifact,
                        json::object body) {
  for (auto name : {"version", "policy_set_id", "expected_version"})
    body.erase(name);
  auto answer =
      server.post(path_below(text_at(artifact, "client_id"),
                             text_at(artifact, "profile"), "validate"),
                  body);
  if (!answer)
    return nullptr;
  auto out = json_of(*answer);
  return out ? std::move(*out) : json::value{};
}

json::object findings_of(const api_client& server, const json::value& artifact,
                         const json::object& body) {
  auto& summary = at(artifact, "validation");
  json::object out;
  json::value checked;
  for (auto* list : lists) {
    json::array found;
    for (auto& x : elements(at(summary, list))) {
      if (!x.is_object())
        continue;
      if (checked.is_null())
        checked = check_again(server, artifact, body);
      found.push_back(explained(x, checked, list));
    }
    out[list] = std::move(found);
  }
  return out;
}

/// Fills in the patch, or why there is none.
void compare(const api_client& server, const json::value& artifact,
             publish_report& out) {
  auto answer = server.get(
      path_below(text_at(artifact, "client_id"), text_at(artifact, "profile"),
                 "diff"),
      {{"current_artifact_id", out.since->artifact_id}, {"patch", "true"}});
  auto document = answer ? json_of(*answer) : answer.error();
  if (!document)
    out.missing = document.error().message;
  else if (text_at(*document, "latest_artifact_id") !=
           text_at(artifact, "artifact_id"))
    out.missing = "another release came after this one";
  else
    out.patch = at(*document, "patch");
}

} // namespace

result<predecessor> find_predecessor(const api_client& server,
                                     const std::string& client_id,
                                     const std::string& profile,
                                     const std::string& schema_ref) {
  api_client::parameters query;
  if (!schema_ref.empty())
    query.emplace_back("accept", major_of(schema_ref));
  auto answer = server.get(path_below(client_id, profile, "config"), query);
  if (!answer)
    return answer.error();
  auto artifact = json_of(*answer);
  if (!artifact)
    return artifact.error();
  return predecessor{text_at(*artifact, "artifact_id"),
                     text_at(*artifact, "version"),
                     text_at(*artifact, "schema_ref")};
}

publish_report describe_release(const api_client& server,
                                const json::value& artifact,
                                const json::object& body,
                                const result<predecessor>& before) {
  publish_report out;
  out.findings = findings_of(server, artifact, body);
  if (!before) {
    if (before.error().code != errc::not_found)
      out.missing = before.error().message;
    return out;
  }
  const auto major = major_of(text_at(artifact, "schema_ref"));
  if (major_of(before->schema_ref) != major ||
      before->artifact_id == text_at(artifact, "artifact_id"))
    return out;
  out.since = *before;
  compare(server, artifact, out);
  return out;
}

void print(std::ostream& out, const publish_report& x) {
  print_findings(out, x.findings);
  if (!x.missing.empty())
    out << "what changed cannot be shown: " << x.missing << '\n';
  else if (x.since)
    out << "changes since " << x.since->version << " (" << x.since->artifact_id
        << ")\n"
        << to_pretty(x.patch);
}

json::object to_members(const publish_report& x) {
  auto out = x.findings;
  if (x.since && x.missing.empty())
    out["diff"] = json::object{{"from_artifact_id", x.since->artifact_id},
                               {"from_version", x.since->version},
                               {"patch", x.patch}};
  return {{"report", std::move(out)}};
}

} // namespace signalbox
