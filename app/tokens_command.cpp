#include "app/commands.hpp"

#include <filesystem>
#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/offline_ledger.hpp"
#include "app/offline_token.hpp"
#include "app/table.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

exit_code list_tokens(const invocation& x) {
  command_options options{"tokens list", "", "Lists the bearer tokens."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options, [](const api_client& server) { return server.get("tokens"); },
      [&](const json::value& tokens, const api_answer&) {
        table rows{{"TOKEN", "ROLES", "EXPIRES", "REVOKED", "DESCRIPTION"}};
        for (auto& token : elements(tokens))
          rows.add({text_at(token, "token_id"), join(token, "roles"),
                    text_at(token, "expires_at"),
                    at(token, "revoked") == json::value(true) ? "revoked" : "",
                    text_at(token, "description")});
        rows.print(x.out);
      });
}

/// A token that could not be written would be lost, so this is looked at
/// before there is one.
result<void> check_place(const command_options& options) {
  if (!options.has("output"))
    return {};
  const std::filesystem::path path{options.text("output")};
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored))
    return failure{errc::conflict,
                   path.string() +
                       " is there already and may hold a token: name another "
                       "file, or remove it"};
  if (path.has_parent_path() &&
      !std::filesystem::is_directory(path.parent_path(), ignored))
    return failure{errc::not_found,
                   path.parent_path().string() + ": there is no such folder"};
  return {};
}

/// The new token is shown once: on the output, or in a file of the owner's.
exit_code show_token(const invocation& x, const command_options& options,
                     const json::value& token) {
  if (!options.has("output")) {
    x.out << (options.has("json") ? to_canonical(token)
                                  : text_at(token, "token"))
          << '\n';
    return exit_code::ok;
  }
  if (auto written =
          write_file(options.text("output"), text_at(token, "token") + '\n',
                     file_mode::owner_only);
      !written)
    return report(x, written.error());
  x.out << "token " << text_at(token, "token_id") << " written to "
        << options.text("output") << '\n';
  return exit_code::ok;
}

/// What the options ask for. Errors: `bad_request`.
result<token_order> read_order(const command_options& options) {
  token_order out;
  for (auto& name : options.list("role")) {
    auto x = role_from_string(name);
    if (!x || *x == role::node)
      return failure{errc::bad_request,
                     "--role '" + name +
                         "' must be reader, publisher, operator, auditor or "
                         "administrator"};
    out.roles = out.roles | *x;
  }
  out.description = options.text("description");
  if (options.has("expires")) {
    auto life = parse_duration(options.text("expires"));
    if (!life)
      return life.error();
    out.expires_at = wall_clock() + *life;
  }
  return out;
}

json::array names_of(role_mask roles) {
  json::array out;
  for (auto x : {role::reader, role::publisher, role::operator_role,
                 role::auditor, role::administrator})
    if ((roles & static_cast<role_mask>(x)) != 0)
      out.emplace_back(to_string(x));
  return out;
}

result<json::value> order_offline(const command_options& options,
                                  const token_order& order) {
  auto made = issue_offline(options.text("data"), order);
  if (!made)
    return made.error();
  json::object out{{"token", made->text},
                   {"token_id", made->id.hex()},
                   {"principal_id", made->principal.hex()},
                   {"description", order.description},
                   {"roles", names_of(order.roles)}};
  if (order.expires_at != timestamp{})
    out["expires_at"] = to_rfc3339(order.expires_at);
  return out;
}

result<json::value> order_online(const command_options& options,
                                 const token_order& order) {
  auto client = make_client(options);
  if (!client)
    return client.error();
  json::object body{{"roles", names_of(order.roles)}};
  if (!order.description.empty())
    body["description"] = order.description;
  if (order.expires_at != timestamp{})
    body["expires_at"] = to_rfc3339(order.expires_at);
  auto answer = client->post("tokens", body);
  if (!answer)
    return answer.error();
  return json_of(*answer);
}

exit_code issue_token(const invocation& x) {
  command_options options{
      "tokens issue", "",
      "Issues a bearer token. It is shown once and kept nowhere. With --data "
      "in a directory\nwhose server is stopped: the way back in when no "
      "administrator's token is left."};
  options.add()("role",
                po::value<std::vector<std::string>>()->composing()->required(),
                "reader, publisher, operator, auditor or administrator; may be "
                "repeated")("expires", po::value<std::string>(),
                            "after this time, such as 30d or 12h; else never")(
      "description", po::value<std::string>(), "for people")(
      "output,o", po::value<std::string>(),
      "write the token to this new file, mode 0600, instead of showing it")(
      "data", po::value<std::string>(),
      "directory of the ledger; its server must be stopped");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto order = read_order(options);
  if (!order)
    return options.wrong(x, order.error().message);
  if (auto fits = check_place(options); !fits)
    return report(x, fits.error());
  auto token = options.has("data") ? order_offline(options, *order)
                                   : order_online(options, *order);
  if (!token)
    return report(x, token.error());
  return show_token(x, options, *token);
}

/// Whether the ledger has the token as revoked.
result<bool> is_revoked(const api_client& client, const std::string& id) {
  auto answer = client.get("tokens");
  if (!answer)
    return answer.error();
  auto document = json_of(*answer);
  if (!document)
    return document.error();
  for (auto& token : elements(*document))
    if (text_at(token, "token_id") == id)
      return text_at(token, "revoked") == "true";
  return false;
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
  const auto id = options.text("TOKEN_ID");
  auto before = is_revoked(*client, id);
  if (!before)
    return report(x, *client, before.error());
  if (*before && !options.has("json")) {
    x.out << id << " is revoked already\n";
    return exit_code::ok;
  }
  auto answer = client->remove(path_of({"tokens", id}));
  if (!answer)
    return report(x, *client, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  x.out << "revoked " << id << '\n';
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
