#include "api/openapi.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/routes.hpp"
#include "api/target.hpp"

namespace signalbox {

namespace {

constexpr json_limits file_limits{1024 * 1024, 32};

/// The object in an embedded file; empty if there is no such file. What lies
/// in the repository is JSON, as a test shows.
json::object read_part(const std::string& path) {
  for (auto& x : openapi_files())
    if (x.path == path)
      return parse_json(x.text, file_limits).value().as_object();
  return {};
}

json::object member(const json::object& x, std::string_view name) {
  auto* value = x.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object()
                                                : json::object{};
}

json::object refer(std::string_view kind, std::string_view name) {
  return {
      {"$ref", "#/components/" + std::string{kind} + '/' + std::string{name}}};
}

std::string_view verb_of(http_method x) {
  switch (x) {
  case http_method::get:
    return "get";
  case http_method::post:
    return "post";
  case http_method::put:
    return "put";
  case http_method::delete_:
    return "delete";
  default: // no row has another
    return "x-other";
  }
}

bool has_body(http_method x) {
  return x == http_method::post || x == http_method::put;
}

std::vector<std::string> names_in_path(std::string_view path) {
  std::vector<std::string> out;
  for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + 1))
    out.emplace_back(path.substr(at + 1, path.find('}', at) - at - 1));
  return out;
}

template <class T>
bool contains(const std::vector<T>& list, std::string_view x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

/// Makes the parts of one operation out of its row, its place in the table of
/// operations, and its file.
class operation_writer {
 public:
  operation_writer(const operation& what, const json::object& shared)
      : what_{what}, text_{read_part("operations/" + std::string{what.name} +
                                     ".json")},
        shared_{shared}, own_{member(text_, "parameters")} {
    for (auto list : {what.positional, what.named})
      for (auto& name : split_list(list))
        names_.push_back(name);
    if (auto* list = text_.if_contains("required"))
      for (auto& name : list->as_array())
        required_.emplace_back(std::string_view{name.as_string()});
  }

  json::object describe(const route_row& row, read_access reads) const;

  /// All parameters as one object, as JSON-RPC takes them.
  json::object params_schema() const {
    auto out = object_schema(names_);
    if (!what_.reading)
      out["properties"].as_object()["idempotency_key"] =
          schema_of("idempotency_key");
    return out;
  }

 private:
  json::object described(std::string_view name) const {
    auto own = member(own_, name);
    return own.empty() ? member(shared_, name) : own;
  }

  json::object schema_of(std::string_view name) const {
    const auto x = described(name);
    auto out = member(x, "schema");
    if (auto* text = x.if_contains("description"))
      out["description"] = *text;
    return out;
  }

  json::object object_schema(const std::vector<std::string>& names) const {
    json::object properties;
    json::array needed;
    for (auto& name : names) {
      properties[name] = schema_of(name);
      if (contains(required_, name))
        needed.emplace_back(name);
    }
    json::object out{{"type", "object"},
                     {"properties", std::move(properties)},
                     {"additionalProperties", false}};
    if (!needed.empty())
      out["required"] = std::move(needed);
    return out;
  }

  json::object parameter(const std::string& name, std::string_view in) const;
  json::array parameters(const route_row& row) const;
  json::object answers() const;
  bool is_elsewhere_in_path(const std::string& name) const;
  std::string id_of(const route_row& row) const;

  const operation& what_;
  json::object text_;
  const json::object& shared_;
  json::object own_;
  std::vector<std::string> names_;
  std::vector<std::string> required_;
};

json::object operation_writer::parameter(const std::string& name,
                                         std::string_view in) const {
  const auto x = described(name);
  auto schema = member(x, "schema");
  json::object out{{"name", name}, {"in", in}};
  if (in == "path" || contains(required_, name))
    out["required"] = true;
  if (auto* text = x.if_contains("description"))
    out["description"] = *text;
  if (in == "query" && schema["type"] == "array") {
    out["style"] = "form";
    out["explode"] = false;
  }
  out["schema"] = std::move(schema);
  return out;
}

/// A parameter that another path of the operation holds has no place in the
/// query of this one.
bool operation_writer::is_elsewhere_in_path(const std::string& name) const {
  const auto rows = all_routes();
  return std::any_of(rows.begin(), rows.end(), [&](auto& row) {
    return row.operation == what_.name &&
           contains(names_in_path(row.path), name);
  });
}

json::array operation_writer::parameters(const route_row& row) const {
  json::array out{refer("parameters", "ledger")};
  const auto in_path = names_in_path(row.path);
  for (auto& name : in_path)
    out.emplace_back(parameter(name, "path"));
  if (has_body(row.method) || row.method == http_method::delete_)
    out.emplace_back(refer("parameters", "Idempotency-Key"));
  if (!has_body(row.method))
    for (auto& name : names_)
      if (!is_elsewhere_in_path(name))
        out.emplace_back(parameter(name, "query"));
  if (auto* list = text_.if_contains("headers"))
    for (auto& name : list->as_array())
      out.emplace_back(refer("parameters", name.as_string()));
  return out;
}

/// In a file, `schema` stands for a JSON body of that schema.
json::object operation_writer::answers() const {
  json::object out;
  for (auto& [status, given] : member(text_, "answers")) {
    auto x = given.as_object();
    if (auto* schema = x.if_contains("schema")) {
      json::object body{{"schema", *schema}};
      x["content"] = json::object{{"application/json", std::move(body)}};
      x.erase("schema");
    }
    out[status] = std::move(x);
  }
  out["default"] = refer("responses", "Problem");
  return out;
}

/// An operation's second path is told apart by its last word.
/// The operation's name; a further path of it says what is special there.
std::string operation_writer::id_of(const route_row& row) const {
  const route_row* first = nullptr;
  for (auto& x : all_routes())
    if (x.operation == what_.name &&
        (first == nullptr ||
         (x.path.ends_with('}') && !first->path.ends_with('}'))))
      first = &x;
  std::string out{what_.name};
  if (&row == first)
    return out;
  const auto open = row.path.rfind('{');
  if (open == row.path.npos)
    return out + '_' + std::string{row.path.substr(row.path.rfind('/') + 1)};
  const auto close = row.path.find('}', open);
  return out + "_by_" +
         std::string{row.path.substr(open + 1, close - open - 1)};
}

json::object operation_writer::describe(const route_row& row,
                                        read_access reads) const {
  json::object out{{"operationId", id_of(row)}};
  for (auto* name : {"summary", "description", "tags"})
    if (auto* x = text_.if_contains(name))
      out[name] = *x;
  out["parameters"] = parameters(row);
  if (has_body(row.method)) {
    auto names = names_;
    const auto in_path = names_in_path(row.path);
    std::erase_if(names, [&](auto& x) { return contains(in_path, x); });
    json::object body{{"schema", object_schema(names)}};
    out["requestBody"] = json::object{
        {"required", true},
        {"content", json::object{{"application/json", std::move(body)}}}};
  }
  out["responses"] = answers();
  json::array who;
  if (what_.reading && reads == read_access::everybody)
    who.emplace_back(json::object{});
  who.emplace_back(
      json::object{{"bearer", json::array{to_string(what_.needs)}}});
  out["security"] = std::move(who);
  return out;
}

void add_to(json::object& paths, std::string path, http_method method,
            json::object what) {
  auto& item = paths[std::move(path)];
  if (!item.is_object())
    item = json::object{};
  item.get_object()[verb_of(method)] = std::move(what);
}

/// Adds the operations to what was written: their paths, and the forms that
/// JSON-RPC gives them.
void add_operations(json::object& paths, json::object& schemas,
                    read_access reads) {
  const auto shared = read_part("parameters.json");
  json::array methods;
  for (auto& what : all_operations()) {
    const operation_writer writer{what, shared};
    for (auto& row : all_routes())
      if (row.operation == what.name)
        add_to(paths, "/v1/ledgers/{ledger}/" + std::string{row.path},
               row.method, writer.describe(row, reads));
    schemas[std::string{what.name} + "Params"] = writer.params_schema();
    methods.emplace_back(what.name);
  }
  schemas["RpcMethod"] = json::object{{"type", "string"},
                                      {"description", "An operation"},
                                      {"enum", std::move(methods)}};
}

} // namespace

std::string make_openapi(std::string_view ledger_name, read_access reads) {
  auto out = read_part("document.json");
  out["info"].as_object()["version"] = SIGNALBOX_VERSION;
  auto& components = out["components"].as_object();
  components["parameters"].as_object()["ledger"].as_object()["schema"] =
      json::object{{"const", ledger_name}};
  json::object schemas;
  for (auto& x : openapi_files())
    if (x.path.starts_with("schemas/")) {
      auto name = x.path.substr(x.path.find('/') + 1);
      name.remove_suffix(std::string_view{".json"}.size());
      schemas[name] = read_part(std::string{x.path});
    }
  json::object paths;
  const auto pages = read_part("pages.json");
  for (auto& row : all_routes())
    if (row.to != end_point::operation)
      add_to(paths, '/' + std::string{row.path}, row.method,
             member(pages, '/' + std::string{row.path}));
  add_operations(paths, schemas, reads);
  components["schemas"] = std::move(schemas);
  out["paths"] = std::move(paths);
  return json::serialize(out);
}

} // namespace signalbox
