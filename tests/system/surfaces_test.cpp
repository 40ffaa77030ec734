#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// One operation as REST and as JSON-RPC spell it.
struct spelling {
  std::string name;
  std::string method; ///< of HTTP
  std::string path;
  json::object params; ///< of JSON-RPC; `body` holds those not in the path
  json::object body = {};
};

std::vector<spelling> reads(const std::string& artifact,
                            const std::string& token) {
  const json::object client{{"client_id", "codex"}};
  const json::object place{{"client_id", "codex"}, {"profile", "default"}};
  auto with = [](json::object x, std::string_view name, const auto& value) {
    x[name] = json::value(value);
    return x;
  };
  const auto config = config_path("codex");
  return {
      {"ListClients", "GET", "clients", {}},
      {"GetClient", "GET", "clients/codex", client},
      {"GetSchema", "GET", "clients/codex/schemas/1.0.0",
       with(client, "version", "1.0.0")},
      {"ListProfiles", "GET", "clients/codex/profiles", client},
      {"GetConfig", "GET", config, place},
      {"GetConfig", "GET", config + "?inputs=DB_URL",
       with(place, "inputs", json::array{"DB_URL"})},
      {"GetConfig", "GET", config + "?form=envelope",
       with(place, "form", "envelope")},
      {"GetConfig", "GET", config + "?at=" + token, with(place, "at", token)},
      {"GetConfig", "GET", config + "?accept=1,2",
       with(place, "accept", json::array{"1", "2"})},
      {"DiffConfig", "GET", diff_path("codex", artifact),
       with(place, "current_artifact_id", artifact)},
      {"DiffConfig", "GET", diff_path("codex", artifact) + "&patch=true",
       with(with(place, "current_artifact_id", artifact), "patch", true)},
      {"PollChanges", "GET", "changes", {}},
      {"PollChanges",
       "GET",
       "changes?limit=1&client_id=codex",
       {{"limit", 1}, {"client_id", "codex"}}},
      {"GetKeyset", "GET", "keysets/current", {}},
      {"GetKeyset", "GET", "keysets/1", {{"version", 1}}},
  };
}

std::vector<spelling> failures() {
  const json::object nobody{{"client_id", "nobody"}, {"profile", "default"}};
  const json::object place{{"client_id", "codex"}, {"profile", "default"}};
  return {
      {"GetClient", "GET", "clients/nobody", {{"client_id", "nobody"}}},
      {"GetConfig", "GET", config_path("nobody"), nobody},
      {"GetConfig",
       "GET",
       config_path("codex", "nowhere"),
       {{"client_id", "codex"}, {"profile", "nowhere"}}},
      {"GetConfig",
       "GET",
       config_path("codex", "prod"),
       {{"client_id", "codex"}, {"profile", "prod"}}},
      {"DiffConfig", "GET", "clients/codex/profiles/default/diff", place},
      {"GetKeyset", "GET", "keysets/99", {{"version", 99}}},
      {"GetCommand",
       "GET",
       "commands/" + std::string(32, 'f'),
       {{"command_id", std::string(32, 'f')}}},
      {"ValidateDraft", "POST", "clients/codex/profiles/default/validate",
       place},
      {"Publish",
       "POST",
       "clients/codex/profiles/default/publish",
       {{"client_id", "codex"},
        {"profile", "default"},
        {"draft_payload", json::object{{"servers", 1}}},
        {"changelog", "x"}},
       {{"draft_payload", json::object{{"servers", 1}}}, {"changelog", "x"}}},
      {"IssueToken",
       "POST",
       "tokens",
       {{"roles", json::array{"king"}}},
       {{"roles", json::array{"king"}}}},
      {"RevokeToken",
       "DELETE",
       "tokens/" + std::string(32, 'f'),
       {{"token_id", std::string(32, 'f')}}},
      {"PutKeyset",
       "POST",
       "keysets",
       {{"envelope", json::object{}}},
       {{"envelope", json::object{}}}},
  };
}

answer ask_rest(const node_fixture& x, const spelling& y) {
  return x.node.ask(y.method, y.path, x.ledger.admin,
                    y.body.empty() ? "" : json::serialize(y.body));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(surfaces, node_fixture)

BOOST_AUTO_TEST_CASE(reads_answer_the_same_over_rest_and_json_rpc) {
  const auto first =
      node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("codex", "default", sample("codex", "every-optional-field"));
  for (auto& x :
       reads(first.text("/artifact_id"), first.header("Signalbox-Token"))) {
    BOOST_TEST_CONTEXT(x.name << ' ' << x.path) {
      const auto rest = ask_rest(*this, x);
      const auto rpc = node.rpc(x.name, x.params, ledger.admin);
      BOOST_REQUIRE_MESSAGE(rest.status == 200u, rest.body);
      BOOST_REQUIRE_MESSAGE(rpc.has("/result"), rpc.body);
      BOOST_CHECK(rest.document == rpc.at("/result"));
      BOOST_TEST(rest.header("Content-Type") == "application/json");
      BOOST_TEST(rpc.at("/id") == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(failures_are_the_same_over_rest_and_json_rpc) {
  for (auto& x : failures()) {
    BOOST_TEST_CONTEXT(x.name << ' ' << x.path) {
      const auto rest = ask_rest(*this, x);
      const auto rpc = node.rpc(x.name, x.params, ledger.admin);
      BOOST_TEST(rest.status >= 400u);
      BOOST_REQUIRE_MESSAGE(rpc.has("/error"), rpc.body);
      BOOST_TEST(rpc.status == 200u);
      BOOST_CHECK(rest.document == rpc.at("/error/data"));
      BOOST_TEST(rest.text("/detail") == rpc.text("/error/message"));
      BOOST_TEST(rpc.at("/error/code").as_int64() < 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(writes_answer_the_same_over_rest_and_json_rpc) {
  json::object params{{"client_id", "codex"},
                      {"profile", "default"},
                      {"draft_payload", sample("codex", "stdio-pinned-npx")},
                      {"changelog", "A change"}};
  const auto body = json::object{{"draft_payload", params["draft_payload"]},
                                 {"changelog", "A change"}};
  const auto validated = node.rpc("ValidateDraft", params, ledger.admin);
  BOOST_CHECK(
      validated.at("/result") ==
      node.post("clients/codex/profiles/default/validate", body, ledger.admin)
          .document);
  auto silent = body;
  silent["changelog"] = " ";
  BOOST_TEST(
      node.post("clients/codex/profiles/default/validate", silent, ledger.admin)
          .at("/errors/0/pointer") == "/changelog");
  const auto published = node.rpc("Publish", params, ledger.admin);
  const auto again =
      node.post("clients/codex/profiles/default/publish", body, ledger.admin);
  BOOST_TEST(again.status == 200u);
  BOOST_CHECK(published.at("/result") == again.document);
  auto keys = [](const json::value& x) {
    std::vector<std::string> out;
    for (auto& [name, value] : x.as_object())
      out.emplace_back(name);
    return out;
  };
  const json::object roles{{"roles", json::array{"reader"}},
                           {"description", "the mirror"}};
  const auto rest = node.post("tokens", roles, ledger.admin);
  const auto rpc = node.rpc("IssueToken", roles, ledger.admin);
  BOOST_CHECK(keys(rest.document) == keys(rpc.at("/result")));
  const auto listed = node.get("tokens", ledger.admin);
  BOOST_CHECK(
      listed.document ==
      node.rpc("ListTokens", json::object{}, ledger.admin).at("/result"));
  BOOST_TEST(listed.document.as_array().size() == 3u);
  for (auto& x : listed.document.as_array())
    BOOST_TEST((x.at("token_id") == rest.at("/token_id") ||
                x.at("token_id") == rpc.at("/result/token_id")) ==
               (x.at("description") == "the mirror"));
  const auto revoked =
      node.ask("DELETE", "tokens/" + rest.text("/token_id"), ledger.admin);
  const auto revoked_too =
      node.rpc("RevokeToken", {{"token_id", rpc.text("/result/token_id")}},
               ledger.admin);
  BOOST_CHECK(keys(revoked.document) == keys(revoked_too.at("/result")));
  BOOST_TEST(revoked.at("/revoked") == true);
}

BOOST_AUTO_TEST_CASE(parameters_go_by_position_in_the_specifications_order) {
  const auto made = node.rpc("Publish",
                             json::array{sample("codex", "no-servers"), "codex",
                                         "default", "baseline", "By position"},
                             ledger.admin);
  BOOST_REQUIRE_MESSAGE(made.has("/result"), made.body);
  BOOST_TEST(made.text("/result/changelog") == "By position");
  const auto got = node.rpc("GetConfig", json::array{"codex", "default"});
  BOOST_CHECK(got.at("/result") == made.at("/result"));
  const auto diff =
      node.rpc("DiffConfig", json::array{"codex", "default",
                                         made.text("/result/artifact_id")});
  BOOST_TEST(diff.text("/result/status") == "up-to-date");
  BOOST_TEST(node.rpc("ListProfiles", json::array{"codex", 1, 2, 3})
                 .at("/error/code") == -32602);
}

BOOST_AUTO_TEST_CASE(problems_are_problem_details_rfc9457) {
  const auto x = node.get("clients/nobody");
  BOOST_TEST(x.status == 404u);
  BOOST_TEST(x.header("Content-Type") == "application/problem+json");
  BOOST_TEST(x.text("/type") == "about:blank");
  BOOST_TEST(x.text("/title") == "Not found");
  BOOST_TEST(x.at("/status") == 404);
  BOOST_TEST(!x.text("/detail").empty());
  BOOST_TEST(x.code() == "not_found");
  const auto y = node.get("tokens");
  BOOST_TEST(y.status == 401u);
  BOOST_TEST(y.header("WWW-Authenticate") == "Bearer");
  const auto z = node.get(config_path("codex") + "?inputs=a%3Db");
  BOOST_TEST(z.text("/pointer") == "/inputs");
}

BOOST_AUTO_TEST_CASE(every_response_has_a_request_id) {
  for (auto* path : {"/healthz", "/metrics", "clients", "/nothing", "tokens"}) {
    const auto own = node.get(path).header("X-Request-Id");
    BOOST_TEST(!own.empty(), path);
    BOOST_TEST(node.get(path).header("X-Request-Id") != own);
    const auto given = node.get(path, {}, "X-Request-Id: mine-1\r\n");
    BOOST_TEST(given.header("X-Request-Id") == "mine-1", path);
  }
}

BOOST_AUTO_TEST_CASE(methods_and_paths_that_do_not_exist_are_told) {
  BOOST_TEST(node.get("/").status == 404u);
  BOOST_TEST(node.get("/v1/ledgers/other/clients").status == 404u);
  BOOST_TEST(node.get("nothing").status == 404u);
  BOOST_TEST(node.ask("DELETE", "clients", ledger.admin).status >= 400u);
  BOOST_TEST(node.get("/rpc").status >= 400u);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_not_known_is_refused) {
  const auto path = config_path("claude-code");
  BOOST_REQUIRE_EQUAL(
      node.publish("claude-code", "default", small_draft("a")).status, 201u);
  const auto rest = node.get(path + "?inputs=X&foo=bar");
  BOOST_TEST(rest.status == 400u);
  BOOST_TEST(rest.text("/pointer") == "/foo");
  BOOST_TEST(node.get(path + "?foo=bar").status == 400u);
  const auto misspelt = node.publish("claude-code", "default", small_draft("b"),
                                     {{"expectedVersion", 7}});
  BOOST_TEST(misspelt.status == 400u);
  BOOST_TEST(misspelt.text("/pointer") == "/expectedVersion");
  BOOST_TEST(misspelt.text("/detail").find("expected_version") !=
             std::string::npos);
  const auto rpc =
      node.rpc("GetConfig", json::object{{"client_id", "claude-code"},
                                         {"profile", "default"},
                                         {"a/b", 1}});
  BOOST_TEST(rpc.text("/error/data/pointer") == "/a~1b", rpc.body);
}

BOOST_AUTO_TEST_CASE(the_last_administrator_is_not_locked_out) {
  const auto listed = node.get("tokens", ledger.admin);
  const auto id = [](const json::value& token) {
    return std::string{token.at("token_id").as_string()};
  };
  std::string own;
  for (auto& x : listed.document.as_array())
    for (auto& role : x.at("roles").as_array())
      if (role == "administrator")
        own = id(x);
  BOOST_REQUIRE(!own.empty());
  const auto revoke = [&](const std::string& by) {
    return node.ask("DELETE", "tokens/" + own, by);
  };
  const auto refused = revoke(ledger.admin);
  BOOST_TEST(refused.status == 409u, refused.body);
  BOOST_TEST(refused.text("/detail").find("tokens issue") != std::string::npos);
  BOOST_TEST(node.get("tokens", ledger.admin).status == 200u);
  const auto other = node.issue({"administrator"});
  BOOST_TEST(revoke(other).status == 200u);
  BOOST_TEST(node.get("tokens", ledger.admin).status == 401u);
  BOOST_TEST(node.get("tokens", other).status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(json_rpc, node_fixture)

namespace {

answer send(const node_process& node, const std::string& body) {
  return node.ask("POST", "/rpc", {}, body);
}

} // namespace

// The examples of the JSON-RPC 2.0 specification, section 7, on our methods.
BOOST_AUTO_TEST_CASE(the_examples_of_the_specification_answer_as_it_says) {
  struct example {
    const char* request;
    const char* id;
    int code; ///< 0: a result; 1: nothing at all
  };
  for (
      auto& [request, id, code] : std::vector<example>{
          {R"({"jsonrpc":"2.0","method":"ListProfiles","params":["codex"],"id":1})",
           "1", 0},
          {R"({"jsonrpc":"2.0","method":"ListProfiles","params":{"client_id":"codex"},"id":"a"})",
           "\"a\"", 0},
          {R"({"jsonrpc":"2.0","method":"ListClients","id":null})", "null", 0},
          {R"({"jsonrpc":"2.0","method":"ListClients"})", "", 1},
          {R"({"jsonrpc":"2.0","method":"foobar"})", "", 1},
          {R"({"jsonrpc":"2.0","method":"foobar","id":"1"})", "\"1\"", -32601},
          {R"({"jsonrpc":"2.0","method":"foobar,"params":"bar","baz])", "null",
           -32700},
          {R"({"jsonrpc":"2.0","method":1,"params":"bar"})", "null", -32600},
          {R"({"jsonrpc":"1.0","method":"ListClients","id":4})", "4", -32600},
          {R"({"jsonrpc":"2.0","method":"ListClients","params":7,"id":5})", "5",
           -32602},
          {R"({"jsonrpc":"2.0","method":"ListProfiles","params":{},"id":6})",
           "6", -32602},
          {R"({"jsonrpc":"2.0","method":"ListClients","id":{}})", "null",
           -32600},
          {"[]", "null", -32600},
          {"7", "null", -32600},
          {"", "null", -32700}}) {
    BOOST_TEST_CONTEXT(request) {
      const auto x = send(node, request);
      if (code == 1) {
        BOOST_TEST(x.status == 204u);
        BOOST_TEST(x.body.empty());
        continue;
      }
      BOOST_TEST(x.status == 200u);
      BOOST_REQUIRE_MESSAGE(x.has("/jsonrpc"), x.body);
      BOOST_TEST(x.text("/jsonrpc") == "2.0");
      BOOST_CHECK(x.at("/id") == json::parse(id));
      BOOST_TEST(x.has("/result") == (code == 0));
      BOOST_TEST(x.has("/error") == (code != 0));
      if (code != 0)
        BOOST_TEST(x.at("/error/code") == code);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_is_answered_as_one_array_without_notifications) {
  const auto x = send(node, R"([
    {"jsonrpc":"2.0","method":"ListClients","id":"1"},
    {"jsonrpc":"2.0","method":"ListClients"},
    {"foo":"boo"},
    {"jsonrpc":"2.0","method":"foo.get","id":"5"},
    {"jsonrpc":"2.0","method":"GetKeyset","id":"9"}])");
  const auto& all = x.document.as_array();
  BOOST_REQUIRE_EQUAL(all.size(), 4u);
  BOOST_TEST(all[0].at("id") == "1");
  BOOST_TEST(all[1].at("error").at("code") == -32600);
  BOOST_TEST(all[2].at("error").at("code") == -32601);
  BOOST_TEST(all[3].at("result").is_object());
  const auto invalid = send(node, "[1,2,3]");
  BOOST_TEST(invalid.document.as_array().size() == 3u);
  const auto silent = send(node, R"([{"jsonrpc":"2.0","method":"ListClients"},
                     {"jsonrpc":"2.0","method":"nothing"}])");
  BOOST_TEST(silent.status == 204u);
  BOOST_TEST(silent.body.empty());
}

BOOST_AUTO_TEST_CASE(a_batch_has_a_limit) {
  json::array all;
  for (int i = 0; i < 33; ++i)
    all.push_back({{"jsonrpc", "2.0"}, {"method", "ListClients"}, {"id", i}});
  BOOST_TEST(send(node, json::serialize(all)).at("/error/code") == -32600);
  all.pop_back();
  BOOST_TEST(send(node, json::serialize(all)).document.as_array().size() ==
             32u);
}

BOOST_AUTO_TEST_CASE(a_notification_publishes_and_says_nothing) {
  const auto x = node.post(
      "/rpc",
      json::object{{"jsonrpc", "2.0"},
                   {"method", "Publish"},
                   {"params", json::object{{"client_id", "codex"},
                                           {"profile", "default"},
                                           {"draft_payload",
                                            sample("codex", "no-servers")},
                                           {"changelog", "Silent"}}}},
      ledger.admin);
  BOOST_TEST(x.status == 204u);
  BOOST_TEST(node.get(config_path("codex")).text("/changelog") == "Silent");
}

BOOST_AUTO_TEST_SUITE_END()
