#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/deprecation_text.hpp"
#include "app/draft_report.hpp"
#include "app/family_folder.hpp"
#include "app/family_sync.hpp"
#include "app/json_text.hpp"
#include "app/seeds.hpp"
#include "app/table.hpp"
#include "policy/family_package.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

exit_code list_families(const invocation& x) {
  command_options options{"families list", "", "Lists the client families."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [](const api_client& server) { return server.get("clients"); },
      [&](const json::value& families, const api_answer&) {
        table rows{{"CLIENT", "VERSION", "SCHEMAS", "PROFILES", "FORMAT"}};
        for (auto& family : elements(families))
          rows.add({text_at(family, "client_id"),
                    text_at(family, "family_version"), schemas_text(family),
                    join(family, "profiles"), text_at(family, "media_type")});
        rows.print(x.out);
      });
}

/// Fetches the schemas that a descriptor lists and writes all into a folder.
exit_code write_folder(const invocation& x, const api_client& server,
                       const json::value& family, const std::string& folder) {
  auto& descriptor = at(family, "descriptor");
  json::object schemas;
  for (auto& listed : elements(at(descriptor, "schemas"))) {
    auto ref = text_at(listed, "schema_ref");
    auto answer =
        server.get(path_of({"clients", text_at(family, "client_id"), "schemas",
                            ref.substr(ref.find('/') + 1)}));
    if (!answer)
      return report(x, server, answer.error());
    auto document = json_of(*answer);
    if (!document)
      return report(x, document.error());
    schemas[text_at(listed, "file")] = std::move(*document);
  }
  if (auto done = write_family_folder(folder, descriptor, schemas); !done)
    return report(x, done.error());
  x.err << "written to " << folder << '\n';
  return exit_code::ok;
}

exit_code show_family(const invocation& x) {
  command_options options{
      "families show", "CLIENT",
      "Shows a family whole, or writes its descriptor and schemas into a "
      "folder to be\nchanged and put."};
  options.need("CLIENT");
  options.add()("output", po::value<std::string>(),
                "folder to write; made if need be");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  auto answer = server->get(path_of({"clients", options.text("CLIENT")}),
                            {{"descriptor", "true"}});
  if (!answer)
    return report(x, *server, answer.error());
  if (options.has("json") && !options.has("output"))
    return print_body(x, *answer);
  auto family = json_of(*answer);
  if (!family)
    return report(x, family.error());
  if (options.has("output"))
    return write_folder(x, *server, *family, options.text("output"));
  x.out << to_pretty(*family);
  return exit_code::ok;
}

/// A report of samples that hold, in a line; or its findings in a table.
void print_report(std::ostream& out, const json::value& of) {
  if (at(of, "valid") == json::value(true))
    out << "good: " << text_at(of, "client_id") << ", "
        << text_at(at(of, "samples"), "valid") << " valid and "
        << text_at(at(of, "samples"), "invalid") << " invalid samples\n";
  else
    print_findings(out, of);
}

exit_code check_family(const invocation& x) {
  command_options options{
      "families check", "DIR",
      "Checks a folder shaped like those of schemas/families without a server: "
      "descriptor,\nschemas and samples, under the built-in policy set. Exit "
      "code 4 if it would be refused."};
  options.need("DIR");
  options.add()("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto body = read_family_folder(options.text("DIR"));
  if (!body)
    return report(x, body.error());
  auto package = read_package(*body);
  if (!package)
    return report(x, package.error());
  auto rules = parse_policy_set(find_seed("policies/baseline.json"));
  if (!rules)
    return report(x, rules.error());
  auto checked = check_package(
      *package, [](auto&) -> const std::string* { return nullptr; }, *rules);
  json::value answer = to_report(checked);
  if (options.has("json"))
    x.out << to_canonical(answer) << '\n';
  else
    print_report(x.out, answer);
  return has_errors(checked.findings) ? exit_code::refused : exit_code::ok;
}

exit_code refuse(const invocation& x, const command_options& options,
                 const api_client& server, const api_answer& answer,
                 const failure& why) {
  if (auto document = json_of(answer); document && !options.has("json"))
    if (auto& findings = at(*document, "report"); findings.is_object())
      print_findings(x.err, findings);
  return report(x, server, why);
}

exit_code put_family(const invocation& x) {
  command_options options{
      "families put", "DIR",
      "Sends a folder shaped like those of schemas/families: a new family, a "
      "new version of\na schema, or other notes. Profiles that are new are "
      "made and bound to the policy set\nbaseline. Needs the role operator."};
  options.need("DIR");
  options.add()("dry-run", "only say whether it would be taken")(
      "expect", po::value<std::uint64_t>(),
      "refuse unless this is the family's version; 0: there is none");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto body = read_family_folder(options.text("DIR"));
  if (!body)
    return report(x, body.error());
  if (options.has("dry-run"))
    (*body)["dry_run"] = true;
  if (options.has("expect"))
    (*body)["expected_version"] = options.get<std::uint64_t>("expect");
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  const auto path =
      path_of({"clients", text_at(at(*body, "descriptor"), "client_id")});
  auto answer = server->put_raw(path, *body);
  if (!answer)
    return report(x, *server, answer.error());
  if (auto why = server->failure_of(path, *answer))
    return refuse(x, options, *server, *answer, *why);
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  const bool changed = at(*document, "changed") == json::value(true);
  x.out << text_at(*document, "client_id")
        << (options.has("dry-run")
                ? (changed ? ": would be put\n" : ": nothing would change\n")
                : (changed ? ": put\n" : ": nothing changed\n"));
  return exit_code::ok;
}

} // namespace

exit_code run_families(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the client families", list_families},
      {"show", "show one whole, or write it into a folder", show_family},
      {"check", "check a folder without a server", check_family},
      {"put", "put a family, or what has changed of it", put_family},
      {"sync", "bring a ledger the families of this program", sync_families},
  };
  return run_subcommand(x, "families", words);
}

} // namespace signalbox
