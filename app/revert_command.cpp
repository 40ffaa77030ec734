#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/json_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

json::object body_of(const command_options& options) {
  auto to = options.text("to");
  json::object out{{"changelog", options.text("changelog")}};
  out[to.starts_with("sha256:") ? "artifact_id" : "version"] = to;
  if (options.has("major"))
    out["major"] = options.get<std::uint32_t>("major");
  if (options.has("expect"))
    out["expected_version"] = options.get<std::uint64_t>("expect");
  if (options.has("force"))
    out["force"] = true;
  return out;
}

} // namespace

exit_code run_revert(const invocation& x) {
  command_options options{
      "revert", "CLIENT PROFILE",
      "Makes an artifact that was released before the current one again, as it "
      "was sealed. Needs the role operator. Clients see it at their next "
      "poll."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("to", po::value<std::string>()->required(),
                "version or artifact id to go back to (required)")(
      "changelog", po::value<std::string>()->required(),
      "why, for people (required)")(
      "major", po::value<std::uint32_t>(),
      "major of the schema, where a version was released under several")(
      "expect", po::value<std::uint64_t>(),
      "refuse unless this is the channel's version")(
      "force", "even if today's policy forbids the artifact or its key is "
               "revoked; the audit shows it")(
      "idempotency-key", po::value<std::string>(),
      "makes a retry answer with the first outcome");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.post(profile_path(options, "revert"), body_of(options),
                           options.text("idempotency-key"));
      },
      [&](const json::value& artifact, const api_answer& answer) {
        x.out << "current now: " << line_at(artifact, "client_id") << '/'
              << line_at(artifact, "profile") << ' '
              << line_at(artifact, "version") << "\nschema    "
              << line_at(artifact, "schema_ref") << "\nartifact  "
              << line_at(artifact, "artifact_id") << "\ntoken     "
              << answer.token << '\n';
      });
}

} // namespace signalbox
