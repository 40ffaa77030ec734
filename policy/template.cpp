#include "policy/template.hpp"

#include <set>

#include "policy/defaults.hpp"
#include "policy/names.hpp"
#include "policy/secret_scanner.hpp"
#include "policy/semver.hpp"

namespace signalbox {

namespace {

namespace d = policy_defaults;

void read_head(json_reader& root, draft_template& out) {
  root.only({"client_id", "template_id", "version", "description", "payload",
             "parameters"});
  out.client_id = root.text("client_id");
  out.template_id = root.text("template_id");
  out.version = root.text("version");
  if (!is_name(out.client_id))
    root.refuse("client_id", "must be of a-z, 0-9 and '-', 63 at most");
  if (!is_name(out.template_id))
    root.refuse("template_id", "must be of a-z, 0-9 and '-', 63 at most");
  if (!semver::parse(out.version))
    root.refuse("version", "must be a semantic version such as 1.0.0");
  out.description = root.optional_text("description").value_or("");
  if (out.description.size() > d::max_notice)
    root.refuse("description",
                "is longer than " + std::to_string(d::max_notice) + " bytes");
}

void read_parameters(json_reader& root, draft_template& out) {
  auto* all = root.object("parameters");
  if (all == nullptr)
    return;
  if (all->get_object().size() > d::max_parameters)
    root.refuse("parameters",
                "are more than " + std::to_string(d::max_parameters));
  json_reader in{root, *all, "/parameters"};
  for (auto& [name, value] : all->get_object()) {
    if (!is_parameter_name(name))
      in.refuse(name, "must be a letter and up to 62 more letters, digits and "
                      "underscores");
    json_reader one{in, value, in.at(name)};
    if (!in.error())
      out.parameters[std::string{name}] =
          read_template_parameter(one, value.get_object());
  }
}

/// Gaps and parameters must be the same names.
std::optional<failure> read_gaps(draft_template& x) {
  auto wrong = [](std::string pointer, std::string what) {
    return failure{errc::bad_request, std::move(what), std::move(pointer)};
  };
  auto gaps = find_gaps(x.payload);
  if (!gaps)
    return wrong("/payload" + gaps.error().pointer, gaps.error().message);
  x.gaps = std::move(*gaps);
  std::set<std::string_view> named;
  for (auto& gap : x.gaps) {
    named.insert(gap.name);
    auto i = x.parameters.find(gap.name);
    if (i == x.parameters.end())
      return wrong("/payload" + gap.pointer(),
                   "names " + gap.name + ", which is not among the parameters");
    if (!gap.whole && i->second.type == parameter_type::strings)
      return wrong("/payload" + gap.pointer(),
                   "puts the list " + gap.name +
                       " into a string: give it a place of its own");
  }
  for (auto& [name, parameter] : x.parameters)
    if (!named.contains(name))
      return wrong(append_pointer("/parameters", name),
                   "the payload has no place for this parameter");
  return std::nullopt;
}

constexpr std::string_view parameters_at = "/template/parameters";

finding problem_at(std::string_view name, std::string message) {
  return {"template",
          without_secrets(append_pointer(std::string{parameters_at}, name)),
          severity::error, std::move(message)};
}

/// Names that the caller made up; the report keeps a bounded number of them.
void find_unknown(const draft_template& from, const json::object& given,
                  std::vector<finding>& out) {
  for (auto& [name, value] : given)
    if (!from.parameters.contains(std::string{name}) &&
        out.size() < d::max_findings)
      out.push_back(
          problem_at(name, "The template has no parameter of this name"));
}

std::vector<finding> scan(const json::value& x, const input_rules& inputs,
                          std::string_view at) {
  auto out = scan_secrets(json_nodes{x}, inputs);
  for (auto& y : out)
    y.pointer = without_secrets(std::string{at} + y.pointer);
  return out;
}

void append(std::vector<finding>& out, std::vector<finding> more) {
  out.insert(out.end(), more.begin(), more.end());
}

} // namespace

result<draft_template> parse_template(std::string_view text) {
  auto value = parse_json(text);
  if (!value)
    return value.error();
  draft_template out;
  json_reader root{*value};
  read_head(root, out);
  if (auto* payload = root.object("payload"))
    out.payload = *payload;
  read_parameters(root, out);
  if (root.error())
    return *root.error();
  if (auto wrong = read_gaps(out))
    return *wrong;
  return out;
}

std::vector<finding> find_secrets(const draft_template& x,
                                  const json::value& document,
                                  const input_rules& inputs) {
  auto out = scan(x.payload, inputs, "/payload");
  append(out, scan(document.at("parameters"), {}, "/parameters"));
  append(out, scan_text(x.description, "/description"));
  return out;
}

filled_template fill(const draft_template& from, std::string_view profile,
                     const json::object& given) {
  filled_template out;
  find_unknown(from, given, out.findings);
  for (auto& [name, parameter] : from.parameters) {
    auto* value = choose_value(parameter, profile, given.if_contains(name));
    auto problem = value ? problem_of(parameter, *value)
                         : "is missing, and has no default for this profile";
    if (problem.empty())
      out.parameters[name] = *value;
    else
      out.findings.push_back(
          problem_at(name, "The parameter " + std::move(problem)));
  }
  append(out.findings, scan(out.parameters, {}, parameters_at));
  if (!out.findings.empty())
    return out;
  const auto limit = json_limits{}.bytes;
  if (auto payload = fill_gaps(from.payload, out.parameters, limit))
    out.payload = std::move(*payload);
  else
    out.findings.push_back({"template", "/template", severity::error,
                            "The template is larger than " +
                                std::to_string(limit) +
                                " bytes with these parameters"});
  return out;
}

json::object describe_use(const draft_template& from,
                          const filled_template& filled,
                          const json::value& payload) {
  std::set<std::string> kept;
  for (auto& gap : from.gaps)
    if (keeps_gap(payload, filled.payload, gap))
      kept.insert(gap.name);
  json::object shown;
  json::array withheld;
  for (auto& [name, value] : filled.parameters)
    if (kept.contains(name))
      shown[name] = value;
    else
      withheld.emplace_back(name);
  json::object out{{"template_id", from.template_id},
                   {"version", from.version},
                   {"parameters", std::move(shown)}};
  if (!withheld.empty())
    out["withheld"] = std::move(withheld);
  return out;
}

} // namespace signalbox
