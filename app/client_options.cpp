#include "app/client_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_stream.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

std::string variable(const char* name, std::string otherwise) {
  auto* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : std::move(otherwise);
}

/// Without the blanks and the scheme that one copies along.
std::string bare_token(std::string x) {
  constexpr std::string_view blanks = " \t\r\n", scheme = "bearer ";
  x.erase(0, std::min(x.find_first_not_of(blanks), x.size()));
  x.erase(x.find_last_not_of(blanks) + 1);
  const bool has_scheme =
      x.size() > scheme.size() &&
      std::equal(scheme.begin(), scheme.end(), x.begin(), [](char a, char b) {
        return a ==
               (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
      });
  return has_scheme ? bare_token(x.substr(scheme.size())) : x;
}

/// An artifact is verified up to the last `,"signature":` of its text: a member
/// of that name in what follows must not look like it, and reads the same.
std::string without_signatures(std::string text) {
  constexpr std::string_view name = "\"signature\"";
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at))
    text.replace(at, 2, "\"\\u0073");
  return text;
}

/// Further members and the token go behind what was served, byte by byte, so
/// that an artifact's seal still verifies.
std::string with_members(const api_answer& x, json::object more) {
  const auto document = json_of(x);
  if (!document || !document->is_object())
    return x.body;
  if (!x.token.empty())
    more["token"] = x.token;
  auto out = x.body.substr(0, x.body.rfind('}'));
  bool first = document->get_object().empty();
  for (auto& [name, value] : more) {
    if (document->get_object().contains(name))
      continue;
    out += (first ? "" : ",") + to_canonical(json::value(name)) + ':' +
           without_signatures(to_canonical(value));
    first = false;
  }
  return out + '}';
}

result<std::string> read_token_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return failure{errc::not_found, path + ": there is no such file"};
  return read_secret_line(path);
}

} // namespace

void add_client_options(command_options& options) {
  options.add()("url", po::value<std::string>(),
                "the server; else SIGNALBOX_URL, else http://127.0.0.1:8470")(
      "ca-file", po::value<std::string>(),
      "file with the certificates to trust with https; else "
      "SIGNALBOX_CA_FILE, else the system's")(
      "ledger", po::value<std::string>()->default_value("main"),
      "name of the ledger")(
      "token-file", po::value<std::string>(),
      "file with the bearer token; else SIGNALBOX_TOKEN, else none")(
      "timeout", po::value<std::string>()->default_value("30s"),
      "how long an answer may take, such as 90s or 5m")("json",
                                                        "output for programs");
}

result<api_client> make_client(const command_options& options) {
  api_config out;
  out.url = options.has("url") ? options.text("url")
                               : variable("SIGNALBOX_URL", out.url);
  out.ca_file = options.has("ca-file") ? options.text("ca-file")
                                       : variable("SIGNALBOX_CA_FILE", "");
  if (!out.ca_file.empty())
    if (auto usable = check_ca_file(out.ca_file); !usable)
      return usable.error();
  out.ledger = options.text("ledger");
  auto timeout = parse_seconds(options.text("timeout"));
  if (!timeout)
    return failure{errc::bad_request, "--timeout: " + timeout.error().message};
  out.timeout = std::chrono::seconds{*timeout};
  out.token = variable("SIGNALBOX_TOKEN", "");
  out.token_source = "SIGNALBOX_TOKEN";
  if (options.has("token-file")) {
    out.token_source = options.text("token-file");
    auto token = read_token_file(out.token_source);
    if (!token)
      return token.error();
    out.token = std::move(*token);
  }
  out.token = bare_token(std::move(out.token));
  return api_client{std::move(out)};
}

std::string profile_path(const command_options& options,
                         const std::string& what) {
  return path_of({"clients", options.text("CLIENT"), "profiles",
                  options.text("PROFILE"), what});
}

exit_code print_body(const invocation& x, const api_answer& answer,
                     json::object more) {
  const auto text = with_members(answer, std::move(more));
  x.out << text;
  if (!text.ends_with('\n'))
    x.out << '\n';
  return exit_code::ok;
}

exit_code report(const invocation& x, const api_client& client,
                 const failure& why) {
  const auto& said = client.problem();
  if (!wants_json(x) || said.empty())
    return report(x, why);
  x.err << said << (said.ends_with('\n') ? "" : "\n");
  return to_exit_code(why.code);
}

exit_code ask_server(const invocation& x, const command_options& options,
                     const server_call& ask, const answer_printer& print) {
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  return ask_server(x, options, *client, ask, print);
}

exit_code ask_server(const invocation& x, const command_options& options,
                     const api_client& client, const server_call& ask,
                     const answer_printer& print) {
  auto answer = ask(client);
  if (!answer)
    return report(x, client, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  print(*document, *answer);
  return exit_code::ok;
}

} // namespace signalbox
