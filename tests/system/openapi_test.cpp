#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/test/unit_test.hpp>

#include "policy/schema_validator.hpp"
#include "tests/system/operation_examples.hpp"

// The document that a node serves describes what the node really answers.

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// Members that are not described are an error here, though clients must bear
/// them.
void close_objects(json::value& x) {
  if (auto* list = x.if_array())
    for (auto& one : *list)
      close_objects(one);
  auto* object = x.if_object();
  if (object == nullptr)
    return;
  for (auto& [name, value] : *object)
    close_objects(value);
  if (object->contains("properties") &&
      !object->contains("additionalProperties"))
    (*object)["additionalProperties"] = false;
}

std::vector<std::string> segments(std::string path) {
  std::vector<std::string> out;
  path.resize(std::min(path.find('?'), path.size()));
  return boost::split(out, path, [](char c) { return c == '/'; });
}

bool fits(const std::vector<std::string>& pattern,
          const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](auto& x, auto& y) { return x == y || x[0] == '{'; });
}

/// The document of a node.
class description {
 public:
  explicit description(const node_process& node)
      : all_(node.get("/openapi.json").document) {}

  const json::value& at(std::string_view pointer) const {
    return all_.at_pointer({pointer.data(), pointer.size()});
  }

  /// What the document says of an answer; follows one reference.
  const json::value& response(const std::string& path, const std::string& verb,
                              unsigned status) const {
    const auto& all = operation(path).at(verb).at("responses").as_object();
    const auto* one = all.if_contains(std::to_string(status));
    BOOST_TEST((status >= 400 || one != nullptr),
               verb << ' ' << path << ": " << status << " is not described");
    if (one == nullptr)
      one = &all.at("default");
    const auto* reference = one->as_object().if_contains("$ref");
    return reference ? at(std::string_view{reference->as_string()}.substr(1))
                     : *one;
  }

  /// What is wrong with an answer, as the document has it; empty if nothing.
  std::string problem(const answer& x, const std::string& path,
                      const std::string& verb) const {
    const auto& described = response(path, verb, x.status).as_object();
    const auto* content = described.if_contains("content");
    if (content == nullptr)
      return x.body.empty() ? "" : "a body that is not described";
    auto type = x.header("Content-Type");
    type.resize(std::min(type.find(';'), type.size()));
    const auto* body = content->as_object().if_contains(type);
    if (body == nullptr)
      return "the type " + type + " is not described";
    if (!type.ends_with("json"))
      return {};
    const auto found =
        validator(body->as_object().at("schema")).validate(x.document);
    return found.empty() ? std::string{}
                         : found[0].pointer + ": " + found[0].message;
  }

 private:
  const json::value& operation(const std::string& path) const {
    const json::value* out = nullptr;
    std::size_t holes = 100;
    for (auto& [pattern, item] : at("/paths").as_object()) {
      const auto pieces = segments(std::string{std::string_view{pattern}});
      const auto open = static_cast<std::size_t>(
          std::count(pattern.begin(), pattern.end(), '{'));
      if (fits(pieces, segments(path)) && open < holes) {
        out = &item;
        holes = open;
      }
    }
    if (out == nullptr)
      throw std::runtime_error{"not described: " + path};
    return *out;
  }

  /// With all components as definitions of its own.
  schema_validator validator(const json::value& schema) const {
    json::object out{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"$defs", at("/components/schemas")},
        {"allOf", json::array{schema}}};
    json::value closed = std::move(out);
    close_objects(closed);
    auto text = json::serialize(closed);
    boost::replace_all(text, "#/components/schemas/", "#/$defs/");
    return schema_validator::compile(text).value();
  }

  json::value all_;
};

std::string verb_of(http_method x) {
  return x == http_method::post      ? "post"
         : x == http_method::put     ? "put"
         : x == http_method::delete_ ? "delete"
                                     : "get";
}

} // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(every_operation_answers_as_the_document_says_nfr9) {
  const example_stage x;
  const description document{x.node};
  BOOST_TEST(document.at("/openapi") == "3.1.0");
  for (auto& y : operation_examples()) {
    const auto request =
        spell(*find_operation(y.operation), y.params(x, surface::rest)).value();
    const auto path = x.node.base + target_of(request);
    BOOST_TEST_CONTEXT(y.operation << ' ' << path) {
      const auto said = ask_rest(x, y);
      BOOST_TEST(said.status < 300u, said.body);
      BOOST_TEST(document.problem(said, path, verb_of(request.method)) == "");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(every_failure_is_a_problem_as_the_document_says,
                        node_fixture) {
  const description document{node};
  struct attempt {
    std::string method, path, body, token;
    unsigned status;
  };
  const auto publish = "clients/codex/profiles/default/publish";
  const json::object bad{{"draft_payload", json::object{{"servers", 1}}},
                         {"changelog", "x"}};
  node.publish("codex", "default", sample("codex", "no-servers"));
  for (auto& [method, path, body, token, status] : std::vector<attempt>{
           {"GET", "clients/nobody", "", "", 404},
           {"GET", config_path("codex") + "?form=x", "", "", 400},
           {"GET", "tokens", "", "", 401},
           {"GET", "tokens", "", node.issue({"reader"}), 403},
           {"POST", publish, json::serialize(bad), ledger.admin, 422},
           {"POST", publish,
            R"({"draft_payload":{"mcp_servers":{}},"changelog":"x",)"
            R"("expected_version":9})",
            ledger.admin, 409},
           {"POST", "tokens", R"({"roles":["king"]})", ledger.admin, 400}}) {
    const auto said = node.ask(method, path, token, body);
    BOOST_TEST_CONTEXT(method << ' ' << path) {
      BOOST_TEST(said.status == status, said.body);
      BOOST_TEST(document.problem(said, node.base + path,
                                  method == "GET" ? "get" : "post") == "");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_nodes_pages_answer_as_the_document_says,
                        node_fixture) {
  const description document{node};
  for (auto* path : {"/healthz", "/metrics", "/readyz/read", "/readyz/write",
                     "/openapi.json"})
    BOOST_TEST(document.problem(node.get(path), path, "get") == "", path);
  const auto rpc = node.rpc("ListProfiles", json::array{"codex"});
  BOOST_TEST(document.problem(rpc, "/rpc", "post") == "");
  const auto refused = node.rpc("ListProfiles", json::array{"nobody"});
  BOOST_TEST(document.problem(refused, "/rpc", "post") == "");
  BOOST_TEST(document.problem(node.ask("POST", "/rpc", {}, "[]"), "/rpc",
                              "post") == "");
  const auto etag = [&] {
    node.publish("codex", "default", sample("codex", "no-servers"));
    return node.get(config_path("codex")).header("ETag");
  }();
  const auto same =
      node.get(config_path("codex"), {}, "If-None-Match: " + etag + "\r\n");
  BOOST_TEST(same.status == 304u);
  BOOST_TEST(document.problem(same, node.base + config_path("codex"), "get") ==
             "");
}

BOOST_AUTO_TEST_SUITE_END()
