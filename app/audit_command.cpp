#include "app/audit_command.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/audit_export.hpp"
#include "app/audit_table.hpp"
#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/json_text.hpp"
#include "app/terminal_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

constexpr const char* filters[] = {"from",      "to",      "client_id",
                                   "profile",   "version", "artifact_id",
                                   "publisher", "kind",    "order"};

/// The option that spells a parameter.
std::string option_of(std::string_view parameter) {
  if (parameter == "client_id")
    return "client";
  if (parameter == "artifact_id")
    return "artifact";
  return std::string{parameter};
}

api_client::parameters query_of(const command_options& options) {
  api_client::parameters out;
  for (auto name : filters)
    if (options.has(option_of(name)))
      out.emplace_back(name, options.text(option_of(name)));
  return out;
}

void add_filters(command_options& options) {
  options.add()("from", po::value<std::string>(),
                "not before this time (RFC 3339, UTC)")(
      "to", po::value<std::string>(), "before this time")(
      "client", po::value<std::string>(), "of this client family")(
      "profile", po::value<std::string>(), "of this profile")(
      "version", po::value<std::string>(), "of artifacts of this version")(
      "artifact", po::value<std::string>(), "of this artifact id")(
      "publisher", po::value<std::string>(), "by the principal of this id")(
      "kind", po::value<std::string>(),
      "of these types, with commas, such as artifact_published")(
      "order", po::value<std::string>(), "newest (first) or oldest")(
      "limit", po::value<std::uint64_t>()->default_value(100),
      "records of one page, 1000 at most")("cursor", po::value<std::string>(),
                                           "go on where a page ended")(
      "export,o", po::value<std::string>(),
      "write all records that match to this new file, as JSON lines, oldest "
      "first");
}

exit_code list_records(const invocation& x, const command_options& options) {
  auto query = query_of(options);
  query.emplace_back("limit",
                     std::to_string(options.get<std::uint64_t>("limit")));
  if (options.has("cursor"))
    query.emplace_back("cursor", options.text("cursor"));
  return ask_server(
      x, options,
      [&](const api_client& server) { return server.get("audit", query); },
      [&](const json::value& records, const api_answer& answer) {
        print_audit(x.out, records);
        if (auto cursor = cursor_of(answer); !cursor.empty())
          x.err << "more with --cursor " << cursor << '\n';
      });
}

exit_code export_records(const invocation& x, const command_options& options) {
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  // Back to the beginning of its line each time.
  auto& progress = exact_output(x.err);
  auto written = export_audit(
      *client, query_of(options), options.text("export"), [&](auto count) {
        progress << '\r' << count << " records" << std::flush;
      });
  if (!written)
    return report(x, *client, written.error());
  progress << '\r' << std::flush;
  if (options.has("json"))
    x.out << to_canonical(json::object{{"records", *written},
                                       {"file", options.text("export")}})
          << '\n';
  else
    x.out << *written << " records in " << options.text("export") << '\n';
  return exit_code::ok;
}

exit_code show_record(const invocation& x) {
  command_options options{"audit show", "INDEX",
                          "Shows one entry with everything that it says and "
                          "its place in the chain."};
  options.need("INDEX");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.get(path_of({"audit", options.text("INDEX")}));
      },
      [&](const json::value& record, const api_answer&) {
        x.out << to_pretty(record);
      });
}

} // namespace

exit_code run_audit(const invocation& x) {
  static constexpr command_entry words[] = {
      {"show", "show one entry with everything", show_record}};
  if (x.shape != nullptr)
    describe_words(x, words);
  if (!x.arguments.empty() && x.arguments.front() == "show")
    return show_record(x.rest());
  command_options options{
      "audit", "",
      "Lists what was released, refused and changed, newest first. The role "
      "auditor sees\neverything; others see the releases and what they wrote "
      "themselves. `signalbox audit\nshow INDEX` shows one entry."};
  add_filters(options);
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  if (!options.has("export"))
    return list_records(x, options);
  if (options.has("cursor") || options.has("order"))
    return options.wrong(x, "--export takes neither --cursor nor --order");
  return export_records(x, options);
}

} // namespace signalbox
