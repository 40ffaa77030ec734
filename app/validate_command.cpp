#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/draft_report.hpp"
#include "app/json_text.hpp"
#include "app/template_options.hpp"

namespace signalbox {

namespace po = boost::program_options;

exit_code run_validate(const invocation& x) {
  command_options options{
      "validate", "CLIENT PROFILE [FILE]",
      "Checks a draft against schema and policy without publishing it. Exit "
      "code 4 if it\nwould be refused."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.allow("FILE");
  add_template_options(options);
  options.add()("schema-ref", po::value<std::string>(),
                "CLIENT/VERSION; else the newest of the profile's default");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto draft = draft_of(options, *client);
  if (!draft)
    return report(x, *client, draft.error());
  auto body = std::move(*draft);
  if (auto schema = options.maybe("schema-ref"))
    body["schema_ref"] = *schema;
  auto answer = client->post(profile_path(options, "validate"), body);
  if (!answer)
    return report(x, *client, answer.error());
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  if (options.has("json"))
    print_body(x, *answer);
  else
    print_findings(x.out, *document);
  return at(*document, "valid") == json::value(true) ? exit_code::ok
                                                     : exit_code::refused;
}

} // namespace signalbox
