#include "app/commands.hpp"

#include <algorithm>
#include <ostream>

#include "app/client_options.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/operation_request.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

constexpr json_limits value_limits{4 * 1024 * 1024, 64};

/// Adds what NAME=TEXT, NAME:=JSON, NAME=@FILE or NAME:=@FILE says.
result<void> add_parameter(const std::string& word, json::object& params) {
  const auto at = word.find('=');
  if (at == std::string::npos || at == 0 || word.substr(0, at) == ":")
    return failure{errc::bad_request,
                   "'" + word +
                       "' must be NAME=TEXT, NAME:=JSON, NAME=@FILE or "
                       "NAME:=@FILE"};
  const bool is_json = word[at - 1] == ':';
  const auto name = word.substr(0, is_json ? at - 1 : at);
  auto text = word.substr(at + 1);
  if (text.starts_with('@')) {
    auto read = read_file(text.substr(1));
    if (!read)
      return read.error();
    text = std::move(*read);
  }
  if (!is_json) {
    params[name] = text;
    return {};
  }
  auto value = parse_json(text, value_limits);
  if (!value)
    return failure{errc::bad_json, name + ": " + value.error().message,
                   value.error().pointer};
  params[name] = std::move(*value);
  return {};
}

result<json::object> read_parameters(const std::vector<std::string>& words) {
  json::object out;
  for (auto& word : words)
    if (auto added = add_parameter(word, out); !added)
      return added.error();
  return out;
}

result<operation_request> read_call(const command_options& options) {
  const auto name = options.text("OPERATION");
  const auto* what = find_operation(name);
  if (what == nullptr) {
    std::string names;
    for (auto& x : all_operations())
      names.append(names.empty() ? "" : ", ").append(x.name);
    return failure{errc::bad_request,
                   "there is no operation '" + name + "'; there are " + names};
  }
  auto params = read_parameters(options.list("PARAMETER"));
  if (!params)
    return params.error();
  if (auto wrong = check_names(*what, *params))
    return std::move(*wrong);
  return spell(*what, std::move(*params));
}

result<api_answer> send(const api_client& server, const operation_request& x) {
  switch (x.method) {
  case http_method::post:
    return server.post(x.path, x.body);
  case http_method::put:
    return server.put(x.path, x.body);
  case http_method::delete_:
    return server.remove(x.path, x.query);
  default:
    return server.get(x.path, x.query);
  }
}

} // namespace

exit_code run_call(const invocation& x) {
  command_options options{
      "call", "OPERATION [PARAMETER...]",
      "Calls any operation by its name, such as GetSchema, and shows its "
      "answer. A parameter is\nNAME=TEXT, NAME:=JSON, NAME=@FILE or "
      "NAME:=@FILE (- is the standard input)."};
  options.need("OPERATION");
  options.allow_many("PARAMETER");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto wanted = read_call(options);
  if (!wanted)
    return report(x, wanted.error());
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto config = client->config();
  config.words = vocabulary::parameters;
  return ask_server(
      x, options, api_client{std::move(config)},
      [&](const api_client& server) { return send(server, *wanted); },
      [&](const json::value& document, const api_answer&) {
        x.out << to_pretty(document);
      });
}

} // namespace signalbox
