#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/draft_report.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/policy_test.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

exit_code list_sets(const invocation& x) {
  command_options options{"policies list", "", "Lists the policy sets."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [](const api_client& server) { return server.get("policies"); },
      [&](const json::value& sets, const api_answer&) {
        table rows{
            {"POLICY SET", "VERSION", "RULES", "BOUND TO", "DESCRIPTION"}};
        for (auto& one : elements(sets))
          rows.add({text_at(one, "policy_set_id"), text_at(one, "version"),
                    text_at(one, "rule_count"),
                    std::to_string(elements(at(one, "bound_to")).size()),
                    text_at(one, "description")});
        rows.print(x.out);
      });
}

/// What a rule does, in a word: its action, or the check that it names.
std::string action_of(const json::value& rule) {
  auto out = text_at(rule, "action");
  return out.empty() ? text_at(rule, "check") : out;
}

exit_code show_set(const invocation& x) {
  command_options options{"policies show", "ID [VERSION]",
                          "Shows the rules of a policy set, the newest version "
                          "unless one is named.\n--json prints the document."};
  options.need("ID");
  options.allow("VERSION");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  api_client::parameters query;
  if (options.has("VERSION"))
    query.emplace_back("version", options.text("VERSION"));
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.get(path_of({"policies", options.text("ID")}), query);
      },
      [&](const json::value& set, const api_answer&) {
        x.out << line_at(set, "policy_set_id") << ' ' << line_at(set, "version")
              << ": " << line_at(set, "description") << '\n';
        table rows{{"RULE", "ACTION", "SEVERITY", "MESSAGE"}};
        for (auto& rule : elements(at(set, "rules")))
          rows.add({text_at(rule, "id"), action_of(rule),
                    text_at(rule, "severity"), text_at(rule, "message")});
        rows.print(x.out);
      });
}

exit_code put_set(const invocation& x) {
  command_options options{
      "policies put", "FILE",
      "Puts a version of a policy set, which can never change afterwards. Its "
      "samples must come\nto what they say. Needs the role operator."};
  options.need("FILE");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto document = read_draft(options.text("FILE"));
  if (!document)
    return report(x, document.error());
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  auto answer =
      server->post_raw("policies", json::object{{"document", *document}});
  if (!answer)
    return report(x, *server, answer.error());
  if (auto failed = server->failure_of("policies", *answer)) {
    if (auto problem = json_of(*answer); problem && !options.has("json"))
      print_samples(x.err, at(*problem, "samples"));
    return report(x, *server, *failed);
  }
  if (options.has("json"))
    return print_body(x, *answer);
  auto set = json_of(*answer);
  if (!set)
    return report(x, set.error());
  x.out << "policy set " << text_at(*set, "policy_set_id") << ' '
        << text_at(*set, "version")
        << (answer->status == 201 ? ": put\n" : ": is there already\n");
  return exit_code::ok;
}

json::object binding_of(const command_options& options) {
  json::object out{{"policy_set_id", options.text("ID")}};
  if (options.has("version"))
    out["version"] = options.text("version");
  if (options.has("dry-run"))
    out["dry_run"] = true;
  return out;
}

/// A line for each artifact that the set objects to, and a count of the others.
void print_preview(std::ostream& out, const json::value& preview) {
  table rows{{"CHANNEL", "VERSION", "VERDICT", "RULE", "POINTER", "MESSAGE"}};
  std::size_t passing = 0;
  std::size_t others = 0;
  for (auto& one : elements(at(preview, "channels"))) {
    const auto verdict = text_at(one, "verdict");
    const auto channel = text_at(one, "client_id") + '/' +
                         text_at(one, "profile") + '/' + text_at(one, "major");
    if (verdict == "pass" && ++passing)
      continue;
    ++others;
    if (verdict == "unknown")
      rows.add({channel, "", verdict, "", "", text_at(one, "detail")});
    for (auto list : {"errors", "changes"})
      for (auto& found : elements(at(at(one, "report"), list)))
        rows.add({channel, text_at(one, "version"), verdict,
                  text_at(found, "rule"), text_at(found, "pointer"),
                  text_at(found, "message")});
  }
  if (others > 0)
    rows.print(out);
  out << passing << " current artifacts pass, " << others
      << " would be changed or refused\n";
}

void print_bound(std::ostream& out, const json::value& profile,
                 const json::value& bound) {
  out << "profile " << text_at(profile, "client_id") << '/'
      << text_at(profile, "profile") << " under policy set "
      << text_at(bound, "policy_set_id") << ' ' << text_at(profile, "version")
      << '\n';
}

exit_code bind_set(const invocation& x) {
  command_options options{
      "policies bind", "CLIENT PROFILE ID",
      "Binds a policy set to a profile: from then on it judges every draft. "
      "What is current stays.\nCLIENT and PROFILE may be '*': all profiles "
      "that "
      "are meant, one after another, until one fails.\nWith --dry-run, says "
      "what it would refuse or change of what is current and writes "
      "nothing.\nNeeds the role operator."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.need("ID");
  options.add()("version", po::value<std::string>(),
                "version of the set; else the newest")(
      "dry-run", "only tell what it would do");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.put(profile_path(options, "policy"), binding_of(options));
      },
      [&](const json::value& bound, const api_answer&) {
        if (options.has("dry-run"))
          return print_preview(x.out, bound);
        const auto& several = at(bound, "profiles");
        if (!several.is_array())
          return print_bound(x.out, bound, bound);
        for (auto& one : elements(several))
          print_bound(x.out, one, bound);
      });
}

} // namespace

exit_code run_policies(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the policy sets and what they are bound to", list_sets},
      {"show", "show the rules of a policy set", show_set},
      {"put", "put a version of a policy set", put_set},
      {"bind", "bind a policy set to profiles, or tell what it would do",
       bind_set},
      {"test", "run the samples that ship with policy sets", run_policies_test},
  };
  return run_subcommand(x, "policies", words);
}

} // namespace signalbox
