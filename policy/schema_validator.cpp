#include "policy/schema_validator.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <tuple>

#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>

#include "policy/defaults.hpp"
#include "policy/json_nodes.hpp"
#include "policy/schema_cost.hpp"
#include "policy/schema_patterns.hpp"

namespace signalbox {

namespace {

namespace js = jsoncons::jsonschema;
using document = jsoncons::json;
using schema = js::json_schema<document>;

document convert(const json::value& x);

document convert(const json::object& x) {
  document out(jsoncons::json_object_arg);
  for (auto& member : x)
    out.try_emplace(std::string{member.key()}, convert(member.value()));
  return out;
}

document convert(const json::array& x) {
  document out(jsoncons::json_array_arg);
  out.reserve(x.size());
  for (auto& element : x)
    out.push_back(convert(element));
  return out;
}

document convert(const json::value& x) {
  switch (x.kind()) {
  case json::kind::null:
    return document::null();
  case json::kind::bool_:
    return document(x.get_bool());
  case json::kind::int64:
    return document(x.get_int64());
  case json::kind::uint64:
    return document(x.get_uint64());
  case json::kind::double_:
    return document(x.get_double());
  case json::kind::string:
    return document(std::string{x.get_string().data(), x.get_string().size()});
  case json::kind::array:
    return convert(x.get_array());
  case json::kind::object:
    return convert(x.get_object());
  }
  return document::null();
}

/// The library quotes values in its messages; only these speak of nothing but
/// the schema, types and counts.
bool is_free_of_values(const std::string& keyword) {
  static constexpr std::string_view known[] = {"required", "type"};
  return std::find(std::begin(known), std::end(known), keyword) !=
         std::end(known);
}

std::string describe(const js::validation_message& x) {
  auto at = x.schema_location().string();
  auto hash = at.find('#');
  auto place = hash == std::string::npos ? std::string{"#"} : at.substr(hash);
  if (is_free_of_values(x.keyword()))
    return x.message() + " (schema " + place + ")";
  return "Does not satisfy the keyword '" + x.keyword() + "' (schema " + place +
         ")";
}

/// The same problem is often met on several branches of a schema.
void order(std::vector<finding>& findings) {
  auto key = [](const finding& x) { return std::tie(x.pointer, x.message); };
  std::sort(findings.begin(), findings.end(),
            [&](auto& x, auto& y) { return key(x) < key(y); });
  auto same = [&](auto& x, auto& y) { return key(x) == key(y); };
  findings.erase(std::unique(findings.begin(), findings.end(), same),
                 findings.end());
}

/// Alternatives are one problem; what each of them objects to is not.
bool is_alternative(const std::string& keyword) {
  return keyword == "anyOf" || keyword == "oneOf" || keyword == "not" ||
         keyword == "contains";
}

/// Adds the innermost causes of a message; false if the report is full.
bool collect(const js::validation_message& x, std::vector<finding>& out) {
  if (x.details().empty() || is_alternative(x.keyword())) {
    out.push_back({"schema", x.instance_location().string(), severity::error,
                   describe(x)});
    return out.size() < policy_defaults::max_findings;
  }
  return std::all_of(x.details().begin(), x.details().end(),
                     [&](auto& detail) { return collect(detail, out); });
}

std::vector<finding> run(const schema& x, const json::value& instance) {
  std::vector<finding> out;
  auto report = [&](const js::validation_message& at) {
    return collect(at, out) ? js::walk_result::advance : js::walk_result::abort;
  };
  x.validate(convert(instance), report);
  order(out);
  return out;
}

failure refuse(std::string message, std::string pointer = {}) {
  return {errc::bad_request, std::move(message), std::move(pointer)};
}

/// The metaschema of the draft; null for a draft that is not known.
const schema* metaschema(std::string_view draft) {
  static const auto draft7 =
      js::make_json_schema(js::draft7::schema_draft7<document>::get_schema());
  static const auto draft2020 = js::make_json_schema(
      js::draft202012::schema_draft202012<document>::get_schema());
  if (draft == "http://json-schema.org/draft-07/schema#" ||
      draft == "http://json-schema.org/draft-07/schema")
    return &draft7;
  if (draft == "https://json-schema.org/draft/2020-12/schema")
    return &draft2020;
  return nullptr;
}

result<void> check_draft_of(const json::value& text) {
  auto* members = text.if_object();
  if (!members)
    return refuse("a schema is a JSON object");
  auto* draft = members->if_contains("$schema");
  if (!draft || !draft->is_string())
    return refuse("a schema names its draft in $schema");
  auto& name = draft->get_string();
  auto* meta = metaschema({name.data(), name.size()});
  if (!meta)
    return refuse("the draft must be draft-07 or 2020-12", "/$schema");
  auto found = run(*meta, text);
  if (found.empty())
    return {};
  // The deepest place is the nearest to the cause.
  auto& cause =
      *std::max_element(found.begin(), found.end(), [](auto& a, auto& b) {
        return a.pointer.size() < b.pointer.size();
      });
  return refuse("not a valid schema: " + cause.message, cause.pointer);
}

/// What checking this payload costs, at worst.
double work(const json::value& payload, double each, bool compares_items) {
  double out = each;
  if (auto* object = payload.if_object())
    for (auto& member : *object)
      out += work(member.value(), each, compares_items);
  if (auto* array = payload.if_array()) {
    for (auto& element : *array)
      out += work(element, each, compares_items);
    const auto size = static_cast<double>(array->size());
    out += compares_items ? size * size / 8 : 0;
  }
  return out;
}

bool has_unique_items(const json_nodes& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes.is_member(i) && nodes[i].key == "uniqueItems")
      return true;
  return false;
}

/// A string that is too long to be matched safely; nullopt if there is none.
std::optional<finding> find_too_long(const json_nodes& payload) {
  constexpr auto limit = policy_defaults::max_pattern_subject;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    bool key = payload[i].key.size() > limit;
    if (key || payload.text(i).size() > limit)
      return finding{"schema", payload.pointer(key ? payload[i].parent : i),
                     severity::error,
                     "A string or key is longer than " + std::to_string(limit) +
                         " bytes, the limit where a pattern of the "
                         "schema repeats without a bound"};
  }
  return std::nullopt;
}

} // namespace

struct schema_validator::compiled {
  schema root;
  bool bounds_strings;
  double cost;         ///< per value of a payload
  bool compares_items; ///< each element of a list with each
};

schema_validator::schema_validator(std::shared_ptr<const compiled> impl)
    : impl_{std::move(impl)} {}

result<schema_validator>
schema_validator::compile(std::string_view schema_text) {
  auto text = parse_json(schema_text, {policy_defaults::max_schema, 64});
  if (!text)
    return text.error();
  try {
    json_nodes nodes{*text};
    // Before anything is compared with the draft's own schema.
    if (auto checked = check_schema_lists(nodes); !checked)
      return checked.error();
    if (auto checked = check_draft_of(*text); !checked)
      return checked.error();
    if (auto checked = check_schema_text(nodes); !checked)
      return checked.error();
    auto cost = schema_cost(*text);
    if (!cost)
      return cost.error();
    return schema_validator{std::make_shared<const compiled>(compiled{
        js::make_json_schema(convert(*text)), has_unbounded_pattern(nodes),
        *cost, has_unique_items(nodes)})};
  } catch (const std::exception& x) {
    return refuse(std::string{"the schema cannot be compiled: "} + x.what());
  }
}

std::vector<finding>
schema_validator::validate(const json::value& payload) const {
  if (impl_->bounds_strings)
    if (auto found = find_too_long(json_nodes{payload}))
      return {*found};
  if (work(payload, impl_->cost, impl_->compares_items) >
      policy_defaults::max_validation)
    return {{"schema", "", severity::error,
             "The document has too many values for what the schema asks of "
             "each: shorten it"}};
  try {
    return run(impl_->root, payload);
  } catch (const std::exception&) {
    // What the library says may quote the value.
    return {{"schema", "", severity::error,
             "The schema could not be applied to this document"}};
  }
}

} // namespace signalbox
