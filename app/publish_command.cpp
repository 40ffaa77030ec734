#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/draft_report.hpp"
#include "app/json_text.hpp"
#include "app/publish_report.hpp"
#include "app/template_options.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// A refusal with its report, or with what won the race.
exit_code refuse(const invocation& x, const command_options& options,
                 const api_client& client, const api_answer& answer,
                 const failure& why) {
  auto document = json_of(answer);
  if (document && !options.has("json")) {
    if (auto& findings = at(*document, "report"); findings.is_object())
      print_findings(x.err, findings);
    auto version = line_at(*document, "current_version");
    auto winner = line_at(*document, "winner");
    if (!version.empty() && !winner.empty())
      x.err << "the channel's version is " << version
            << ", made by the entry at index " << winner << '\n';
  }
  return report(x, client, why);
}

void print_head(std::ostream& out, const json::value& artifact,
                const api_answer& answer) {
  out << (answer.status == 201 ? "published " : "published already: ")
      << line_at(artifact, "client_id") << '/' << line_at(artifact, "profile")
      << ' ' << line_at(artifact, "version") << "\nartifact  "
      << line_at(artifact, "artifact_id") << "\ntoken     " << answer.token
      << '\n';
}

/// What was released, what the check said of it, and what it changed.
exit_code finish(const invocation& x, const command_options& options,
                 const api_client& server, const api_answer& answer,
                 const json::object& body, const result<predecessor>& before) {
  auto artifact = json_of(answer);
  if (!artifact)
    return report(x, artifact.error());
  const auto said = describe_release(server, *artifact, body, before);
  if (options.has("json"))
    return print_body(x, answer, to_members(said));
  print_head(x.out, *artifact, answer);
  if (answer.status == 201 && !before && before.error().code == errc::not_found)
    x.out << "the first release of this profile under this major\n";
  print(x.out, said);
  return exit_code::ok;
}

json::object body_of(const command_options& options, json::object out) {
  out["changelog"] = options.text("changelog");
  if (options.has("version"))
    out["version"] = options.text("version");
  if (options.has("schema-ref"))
    out["schema_ref"] = options.text("schema-ref");
  if (options.has("policy-set"))
    out["policy_set_id"] = options.text("policy-set");
  if (options.has("expect"))
    out["expected_version"] = options.get<std::uint64_t>("expect");
  return out;
}

} // namespace

exit_code run_publish(const invocation& x) {
  command_options options{
      "publish", "CLIENT PROFILE [FILE]",
      "Checks a draft, seals it and makes it the current artifact of the "
      "profile."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.allow("FILE");
  add_template_options(options);
  options.add()("changelog", po::value<std::string>()->required(),
                "what changes, for people (required)")(
      "version", po::value<std::string>(),
      "semantic version; else the next patch")(
      "schema-ref", po::value<std::string>(),
      "CLIENT/VERSION; else the newest of the profile's default")(
      "policy-set", po::value<std::string>(),
      "refuse unless this policy set is bound to the profile")(
      "expect", po::value<std::uint64_t>(),
      "refuse unless this is the channel's version; 0: nothing is released")(
      "idempotency-key", po::value<std::string>(),
      "makes a retry answer with the first outcome");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto draft = draft_of(options, *client);
  if (!draft)
    return report(x, *client, draft.error());
  const auto path = profile_path(options, "publish");
  const auto body = body_of(options, std::move(*draft));
  const auto before =
      find_predecessor(*client, options.text("CLIENT"), options.text("PROFILE"),
                       options.text("schema-ref"));
  auto answer = client->post_raw(path, body, options.text("idempotency-key"));
  if (!answer)
    return report(x, *client, answer.error());
  if (auto why = client->failure_of(path, *answer))
    return refuse(x, options, *client, *answer, *why);
  return finish(x, options, *client, *answer, body, before);
}

} // namespace signalbox
