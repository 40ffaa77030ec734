#include "app/audit_command.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/duration.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

json::object body_of(const command_options& options) {
  json::object out{{"client_fingerprint", options.text("fingerprint")},
                   {"artifact_id", options.text("artifact")},
                   {"result", options.text("result")}};
  for (auto name : {"applied-at", "detail"})
    if (options.has(name))
      out[name == std::string_view{"detail"} ? "detail" : "applied_at"] =
          options.text(name);
  return out;
}

std::string clients_of(const json::value& row) {
  auto fewer = text_at(row, "fewer_than");
  return fewer.empty() ? text_at(row, "clients") : "fewer than " + fewer;
}

} // namespace

exit_code run_report(const invocation& x) {
  command_options options{
      "report", "CLIENT PROFILE",
      "Reports what became of an artifact on a client. The fingerprint is any "
      "text that\nnames this machine and no other; the server keeps only a "
      "pseudonym of it."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("fingerprint", po::value<std::string>()->required(),
                "what names this client (required)")(
      "artifact", po::value<std::string>()->required(),
      "id of the artifact (required)")(
      "result", po::value<std::string>()->default_value("applied"),
      "applied, failed, rolled_back, rejected or other")(
      "applied-at", po::value<std::string>(), "when (RFC 3339, UTC)")(
      "detail", po::value<std::string>(),
      "a few words, without secrets or names of people");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.post(profile_path(options, "reports"), body_of(options));
      },
      [&](const json::value& receipt, const api_answer&) {
        x.out << text_at(receipt, "status") << '\n';
      });
}

exit_code run_deployments(const invocation& x) {
  command_options options{
      "deployments", "",
      "Counts the clients by what they reported last. Only clients that were "
      "heard from\nwithin the window count."};
  options.add()("client", po::value<std::string>(), "of this client family")(
      "profile", po::value<std::string>(),
      "of this profile")("window", po::value<std::string>(),
                         "such as 90s, 1h or 7d; else what the server is "
                         "configured to");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  api_client::parameters query;
  if (options.has("client"))
    query.emplace_back("client_id", options.text("client"));
  if (options.has("profile"))
    query.emplace_back("profile", options.text("profile"));
  if (options.has("window")) {
    auto seconds = parse_seconds(options.text("window"));
    if (!seconds)
      return options.wrong(x, "--window: " + seconds.error().message);
    query.emplace_back("window", std::to_string(*seconds));
  }
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.get("deployments", query);
      },
      [&](const json::value& answer, const api_answer&) {
        table rows{
            {"CLIENT", "PROFILE", "VERSION", "RESULT", "CLIENTS", "ARTIFACT"}};
        for (auto& row : elements(at(answer, "deployments")))
          rows.add({text_at(row, "client_id"), text_at(row, "profile"),
                    text_at(row, "version"), text_at(row, "result"),
                    clients_of(row), text_at(row, "artifact_id")});
        rows.print(x.out);
      });
}

} // namespace signalbox
