#include "app/template_options.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/draft_report.hpp"
#include "app/json_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// ID or ID@VERSION.
struct template_name {
  explicit template_name(const std::string& text)
      : id{text.substr(0, text.find('@'))},
        version{text.find('@') == std::string::npos
                    ? std::string{}
                    : text.substr(text.find('@') + 1)} {}

  std::string id, version;
};

json::value read_value(const std::string& type, const std::string& text) {
  if (type != "string" && type != "enum" && !type.empty())
    if (auto parsed = parse_json(text))
      return std::move(*parsed);
  return json::string{text};
}

/// A list grows by each of its words.
json::value read_list(const json::value* before, const std::string& text) {
  if (auto parsed = parse_json(text);
      before == nullptr && parsed && parsed->is_array())
    return std::move(*parsed);
  auto out = before != nullptr && before->is_array() ? before->get_array()
                                                     : json::array{};
  out.emplace_back(text);
  return out;
}

result<json::object> use_of(const command_options& options,
                            const api_client& server) {
  const template_name name{options.text("template")};
  json::object out{{"template_id", name.id}};
  if (!name.version.empty())
    out["version"] = name.version;
  const auto words = options.list("param");
  if (words.empty())
    return out;
  auto answer =
      ask_template(server, options.text("CLIENT"), options.text("template"));
  if (!answer)
    return answer.error();
  auto document = json_of(*answer);
  if (!document)
    return document.error();
  auto parameters = read_arguments(words, at(*document, "parameters"));
  if (!parameters)
    return parameters.error();
  out["parameters"] = std::move(*parameters);
  return out;
}

} // namespace

void add_template_options(command_options& options) {
  options.add()("template", po::value<std::string>(),
                "ID or ID@VERSION of a template, in place of FILE")(
      "param", po::value<std::vector<std::string>>()->composing(),
      "NAME=VALUE for the template; may be repeated");
}

result<api_answer> ask_template(const api_client& server,
                                const std::string& client_id,
                                const std::string& name) {
  const template_name wanted{name};
  api_client::parameters query;
  if (!wanted.version.empty())
    query.emplace_back("version", wanted.version);
  return server.get(path_of({"clients", client_id, "templates", wanted.id}),
                    query);
}

result<json::object> read_arguments(const std::vector<std::string>& words,
                                    const json::value& parameters) {
  json::object out;
  for (auto& word : words) {
    const auto sign = word.find('=');
    if (sign == std::string::npos || sign == 0)
      return failure{errc::bad_request, "--param must be NAME=VALUE"};
    const auto name = word.substr(0, sign);
    const auto text = word.substr(sign + 1);
    const auto type = text_at(at(parameters, name), "type");
    auto* before = out.if_contains(name);
    if (before != nullptr && type != "strings")
      return failure{errc::bad_request, "--param " + name + " is given twice"};
    out[name] =
        type == "strings" ? read_list(before, text) : read_value(type, text);
  }
  return out;
}

result<json::object> draft_of(const command_options& options,
                              const api_client& server) {
  if (options.has("template") == options.has("FILE"))
    return failure{errc::bad_request,
                   "name either a FILE with the draft or a --template"};
  if (!options.has("template") && options.has("param"))
    return failure{errc::bad_request, "--param goes with --template"};
  if (options.has("template")) {
    auto use = use_of(options, server);
    if (!use)
      return use.error();
    return json::object{{"template", std::move(*use)}};
  }
  auto draft = read_draft(options.text("FILE"));
  if (!draft)
    return draft.error();
  return json::object{{"draft_payload", std::move(*draft)}};
}

} // namespace signalbox
