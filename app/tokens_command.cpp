#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/offline_ledger.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

exit_code list_tokens(const invocation& x) {
  command_options options{"tokens list", "", "Lists the bearer tokens."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto answer = client->get("tokens");
  if (!answer)
    return report(x, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  table rows{{"TOKEN", "ROLES", "EXPIRES", "REVOKED"}};
  for (auto& token : elements(*document))
    rows.add({text_at(token, "token_id"), join(token, "roles"),
              text_at(token, "expires_at"), text_at(token, "revoked")});
  rows.print(x.out);
  return exit_code::ok;
}

/// The new token is shown once: on the output, or in a file of the owner's.
exit_code show_token(const invocation& x, const command_options& options,
                     const api_answer& answer) {
  auto document = json_of(answer);
  if (!document)
    return report(x, document.error());
  if (!options.has("output"))
    return options.has("json")
               ? print_body(x, answer)
               : (x.out << text_at(*document, "token") << '\n', exit_code::ok);
  if (auto written =
          write_file(options.text("output"), text_at(*document, "token") + '\n',
                     file_mode::owner_only);
      !written)
    return report(x, written.error());
  x.out << "token " << text_at(*document, "token_id") << " written to "
        << options.text("output") << '\n';
  return exit_code::ok;
}

exit_code issue_token(const invocation& x) {
  command_options options{
      "tokens issue", "",
      "Issues a bearer token. It is shown once and kept nowhere."};
  options.add()("role",
                po::value<std::vector<std::string>>()->composing()->required(),
                "reader, publisher, operator, auditor or administrator; may be "
                "repeated")("expires", po::value<std::string>(),
                            "after this time, such as 30d or 12h; else never")(
      "description", po::value<std::string>(), "for people")(
      "output,o", po::value<std::string>(),
      "write the token to this file, mode 0600, instead of showing it");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  json::array roles;
  for (auto& role : options.list("role"))
    roles.emplace_back(role);
  json::object body{{"roles", std::move(roles)}};
  if (options.has("description"))
    body["description"] = options.text("description");
  if (options.has("expires")) {
    auto life = parse_duration(options.text("expires"));
    if (!life)
      return options.wrong(x, life.error().message);
    body["expires_at"] = to_rfc3339(wall_clock() + *life);
  }
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto answer = client->post("tokens", body);
  if (!answer)
    return report(x, answer.error());
  return show_token(x, options, *answer);
}

exit_code revoke_token(const invocation& x) {
  command_options options{"tokens revoke", "TOKEN_ID",
                          "Revokes a bearer token, at once and for ever."};
  options.need("TOKEN_ID");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto answer = client->remove(path_of({"tokens", options.text("TOKEN_ID")}));
  if (!answer)
    return report(x, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  x.out << "revoked " << options.text("TOKEN_ID") << '\n';
  return exit_code::ok;
}

} // namespace

exit_code run_tokens(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the tokens", list_tokens},
      {"issue", "issue a token", issue_token},
      {"revoke", "revoke a token", revoke_token},
  };
  return run_subcommand(x, "tokens", words);
}

} // namespace signalbox
