#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/deprecation_text.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/terminal_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// The client's own file: what was rendered, or else the payload as JSON.
std::string rendered_text(const json::value& artifact) {
  auto& rendered = at(artifact, "rendered");
  if (rendered.is_object())
    return text_at(rendered, "text");
  return to_pretty(at(artifact, "payload"));
}

void print_summary(std::ostream& out, const json::value& artifact,
                   const std::string& file) {
  out << line_at(artifact, "client_id") << '/' << line_at(artifact, "profile")
      << ' ' << line_at(artifact, "version") << "\nartifact    "
      << line_at(artifact, "artifact_id") << "\nschema      "
      << line_at(artifact, "schema_ref") << "\npolicy      "
      << line_at(artifact, "policy_set_id") << ' '
      << line_at(artifact, "policy_version") << "\nissued      "
      << line_at(artifact, "issued_at") << "\nchangelog   "
      << line_at(artifact, "changelog") << '\n';
  if (auto& then = at(artifact, "at"); then.is_object())
    out << "at          index " << line_at(then, "index")
        << ", channel version " << line_at(then, "channel_version")
        << ", current since " << line_at(then, "since") << '\n';
  if (auto leaving = deprecation_text(at(artifact, "deprecated"));
      !leaving.empty())
    out << "deprecated  the schema is " << leaving << '\n';
  if (auto needed = join(artifact, "inputs"); !needed.empty())
    out << "inputs      " << needed << '\n';
  if (auto missing = join(artifact, "missing_inputs"); !missing.empty())
    out << "missing     " << missing << '\n';
  if (!file.empty())
    out << "written to  " << file << '\n';
}

api_client::parameters query_of(const command_options& options) {
  api_client::parameters out;
  for (auto name : {"inputs", "at", "accept", "form"})
    if (options.has(name))
      out.emplace_back(name, options.text(name));
  if (options.has("linear"))
    out.emplace_back("consistency", "linear");
  return out;
}

exit_code deliver(const invocation& x, const command_options& options,
                  const api_answer& answer) {
  auto document = json_of(answer);
  if (!document)
    return report(x, document.error());
  const auto text =
      options.has("rendered") ? rendered_text(*document) : answer.body;
  const auto file = options.text("output");
  if (!file.empty())
    if (auto written = write_file(file, text); !written)
      return report(x, written.error());
  const bool raw =
      options.has("json") || options.has("rendered") || options.has("form");
  if (raw && file.empty())
    exact_output(x.out) << text << (text.ends_with('\n') ? "" : "\n");
  else if (!raw)
    print_summary(x.out, *document, file);
  return exit_code::ok;
}

} // namespace

exit_code run_get(const invocation& x) {
  command_options options{
      "get", "CLIENT PROFILE",
      "Fetches the current artifact: a summary, with --json the artifact with "
      "seal and\nhead on one line. --output keeps the bytes as they were "
      "served: `verify` takes them."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("output,o", po::value<std::string>(),
                "write the artifact to this file")(
      "rendered", "the client's own configuration file instead")(
      "form", po::value<std::string>(),
      "envelope: the artifact as a DSSE envelope")(
      "inputs", po::value<std::string>(),
      "names of inputs that can be filled, with commas; shows what is missing")(
      "accept", po::value<std::string>(),
      "versions of the schema that are taken, with commas: 1, ^1.2, >=1.0 <3")(
      "at", po::value<std::string>(),
      "what was current at this time (RFC 3339) or token")(
      "linear", "only what shows all that was released before, on any node");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  if (options.has("rendered") && options.has("form"))
    return options.wrong(x, "--rendered and --form exclude each other");
  if (options.has("linear") && options.has("at"))
    return options.wrong(x, "--linear and --at exclude each other");
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto answer = client->get(profile_path(options, "config"), query_of(options));
  if (!answer)
    return report(x, *client, answer.error());
  return deliver(x, options, *answer);
}

} // namespace signalbox
