#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// The artifact's id, from the option or from the file that `get` wrote.
result<std::string> current_id(const command_options& options) {
  if (options.has("current"))
    return options.text("current");
  auto text = read_file(options.text("file"));
  if (!text)
    return text.error();
  auto document = parse_json(*text, {4 * 1024 * 1024, 64});
  if (!document)
    return document.error();
  auto id = text_at(*document, "artifact_id");
  if (id.empty())
    return failure{errc::bad_request, options.text("file") +
                                          " holds no artifact: use what "
                                          "`signalbox get --output` wrote"};
  return id;
}

void print(std::ostream& out, const json::value& x) {
  out << line_at(x, "status") << "\nlatest     "
      << line_at(x, "latest_artifact_id") << '\n';
  if (auto changelog = line_at(x, "changelog"); !changelog.empty())
    out << "changelog  " << changelog << '\n';
  if (auto& patch = at(x, "patch"); !patch.is_null())
    out << "patch      " << to_pretty(patch);
}

} // namespace

exit_code run_diff(const invocation& x) {
  command_options options{
      "diff", "CLIENT PROFILE",
      "Says whether an artifact is up to date, outdated, or unknown to the "
      "server."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("current", po::value<std::string>(),
                "id of the artifact that one has")(
      "file", po::value<std::string>(), "or the file that holds it")(
      "patch", "with the JSON Patch (RFC 6902) to the current payload")(
      "linear", "only what shows all that was released before, on any node");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  if (options.has("current") == options.has("file"))
    return options.wrong(x, "name what you have: --current ID or --file FILE");
  auto id = current_id(options);
  if (!id)
    return report(x, id.error());
  api_client::parameters query{{"current_artifact_id", *id}};
  if (options.has("patch"))
    query.emplace_back("patch", "true");
  if (options.has("linear"))
    query.emplace_back("consistency", "linear");
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.get(profile_path(options, "diff"), query);
      },
      [&](const json::value& document, const api_answer&) {
        print(x.out, document);
      });
}

} // namespace signalbox
