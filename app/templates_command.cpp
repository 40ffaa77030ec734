#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/draft_report.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"
#include "app/template_options.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

exit_code list_templates(const invocation& x) {
  command_options options{"templates list", "[CLIENT]",
                          "Lists the templates of a client, or of all."};
  options.allow("CLIENT");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  const auto client = options.maybe("CLIENT");
  const auto path =
      client ? path_of({"clients", *client, "templates"}) : "templates";
  return ask_server(
      x, options, [&](const api_client& server) { return server.get(path); },
      [&](const json::value& templates, const api_answer&) {
        table rows{{"CLIENT", "TEMPLATE", "VERSION", "PARAMETERS"}};
        for (auto& one : elements(templates))
          rows.add({text_at(one, "client_id"), text_at(one, "template_id"),
                    text_at(one, "version"), join(one, "parameters")});
        rows.print(x.out);
      });
}

/// What a value may be, in a few words.
std::string describe(const json::value& x) {
  auto out = text_at(x, "type");
  if (auto values = join(x, "values"); !values.empty())
    out += " of " + values;
  if (auto least = text_at(x, "minimum"); !least.empty())
    out += " from " + least;
  if (auto most = text_at(x, "maximum"); !most.empty())
    out += " to " + most;
  if (auto pattern = text_at(x, "pattern"); !pattern.empty())
    out += " like " + pattern;
  return out;
}

/// The default, and those of profiles.
std::string default_of(const json::value& x) {
  auto* own = x.get_object().if_contains("default");
  auto out = own ? to_canonical(*own) : std::string{};
  if (auto& profiles = at(x, "profile_defaults"); profiles.is_object())
    for (auto& [name, value] : profiles.get_object())
      out += (out.empty() ? "" : ", ") + std::string{name} + ": " +
             to_canonical(value);
  return out;
}

void print_template(std::ostream& out, const json::value& x) {
  out << line_at(x, "template_id") << ' ' << line_at(x, "version") << " for "
      << line_at(x, "client_id") << ": " << line_at(x, "description") << '\n';
  table rows{{"PARAMETER", "TYPE", "DEFAULT", "DESCRIPTION"}};
  if (auto& all = at(x, "parameters"); all.is_object())
    for (auto& [name, one] : all.get_object())
      if (one.is_object())
        rows.add({std::string{name}, describe(one), default_of(one),
                  text_at(one, "description")});
  rows.print(out);
  out << to_pretty(at(x, "payload"));
}

exit_code get_template(const invocation& x) {
  command_options options{"templates get", "CLIENT ID",
                          "Shows a template, ID or ID@VERSION; its newest "
                          "version unless one is named.\n--json prints the "
                          "document."};
  options.need("CLIENT");
  options.need("ID");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return ask_template(server, options.text("CLIENT"), options.text("ID"));
      },
      [&](const json::value& document, const api_answer&) {
        print_template(x.out, document);
      });
}

/// Reads FILE; the path takes over what it says.
result<json::object> read_template(const std::string& file,
                                   std::vector<std::string>& path) {
  auto document = read_draft(file);
  if (!document)
    return document.error();
  if (!document->is_object())
    return failure{errc::bad_request, file + ": a template is a JSON object"};
  auto& out = document->get_object();
  path = {"clients", text_at(out, "client_id"), "templates",
          text_at(out, "template_id")};
  for (auto* name : {"client_id", "template_id"})
    if (out.erase(name) == 0 || path[1].empty() || path[3].empty())
      return failure{errc::bad_request,
                     file + ": a template has a client_id and a template_id",
                     append_pointer("", name)};
  return std::move(out);
}

exit_code put_template(const invocation& x) {
  command_options options{
      "templates put", "FILE",
      "Puts a version of a template, {client_id, template_id, version, "
      "description, payload,\nparameters}, which never changes afterwards. "
      "Needs the role publisher."};
  options.need("FILE");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  std::vector<std::string> path;
  auto body = read_template(options.text("FILE"), path);
  if (!body)
    return report(x, body.error());
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  auto answer = server->put_raw(path_of(path), *body);
  if (!answer)
    return report(x, *server, answer.error());
  if (auto failed = server->failure_of(path_of(path), *answer)) {
    auto problem = json_of(*answer);
    if (problem && !options.has("json"))
      if (auto& found = at(*problem, "report"); found.is_object())
        print_findings(x.err, found);
    return report(x, *server, *failed);
  }
  if (options.has("json"))
    return print_body(x, *answer);
  auto made = json_of(*answer);
  if (!made)
    return report(x, made.error());
  x.out << "template " << text_at(*made, "client_id") << '/'
        << text_at(*made, "template_id") << ' ' << text_at(*made, "version")
        << (answer->status == 201 ? ": put\n" : ": is there already\n");
  return exit_code::ok;
}

} // namespace

exit_code run_templates(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the templates", list_templates},
      {"get", "show a template with its parameters", get_template},
      {"put", "put a version of a template", put_template}};
  return run_subcommand(x, "templates", words);
}

} // namespace signalbox
