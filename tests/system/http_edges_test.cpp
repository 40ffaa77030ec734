#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

// What a service of the outside world meets, against the real process.

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct edges_bench : node_fixture {
  answer raw(const std::string& bytes) const {
    http_client client{node.port};
    client.send(bytes);
    return read_answer(client.read());
  }

  answer with_key(const std::string& key) const {
    return node.post("tokens", json::object{{"roles", json::array{"reader"}}},
                     ledger.admin, "Idempotency-Key: " + key + "\r\n");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_edges, edges_bench)

BOOST_AUTO_TEST_CASE(a_path_that_takes_other_methods_names_them) {
  for (const auto& [path, allow] :
       std::vector<std::pair<std::string, std::string>>{
           {"/healthz", "GET, HEAD"},
           {"/readyz/read", "GET, HEAD"},
           {"/readyz/write", "GET, HEAD"},
           {"/metrics", "GET, HEAD"},
           {"/rpc", "POST"},
           {"clients", "GET, HEAD"},
           {"tokens", "GET, HEAD, POST"},
           {"clients/codex/profiles/default", "PUT"},
           {"clients/codex/profiles/default/publish", "POST"},
           {"tokens/" + std::string(32, 'a'), "DELETE"}})
    for (const auto* method : {"PATCH", "BREW", "TRACE"})
      for (const auto* body : {"", "{}"}) {
        BOOST_TEST_CONTEXT(method << ' ' << path << " with '" << body << "'") {
          const auto x = node.ask(method, path, ledger.admin, body);
          BOOST_TEST(x.status == 405u, x.body);
          BOOST_TEST(x.header("Allow") == allow);
          BOOST_TEST(x.at("/status") == 405);
          const auto options = node.ask("OPTIONS", path);
          BOOST_TEST(options.status == 204u);
          BOOST_TEST(options.header("Allow") == allow);
        }
      }
  BOOST_TEST(node.ask("PUT", "/healthz").status == 405u);
  BOOST_TEST(node.ask("GET", "/rpc").status == 405u);
  BOOST_TEST(node.ask("PATCH", "nothing").status == 404u);
  BOOST_TEST(raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").status == 204u);
}

BOOST_AUTO_TEST_CASE(the_body_of_a_get_changes_nothing) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto plain = node.get(config_path("codex"));
  BOOST_REQUIRE_EQUAL(plain.status, 200u);
  for (const auto* body : {R"({"form":"envelope"})", "[]", "no JSON"}) {
    const auto x = node.ask("GET", config_path("codex"), {}, body);
    BOOST_TEST(x.status == 200u, x.body);
    BOOST_TEST(x.body == plain.body);
  }
}

BOOST_AUTO_TEST_CASE(strangers_have_the_small_body_on_every_path_c16) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const std::string large(65 * 1024, ' ');
  const std::string larger(1024 * 1024 + 1, ' ');
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"ListClients"})";
  for (const auto* path : {"/v1/ledgers/main/clients", "/healthz"}) {
    BOOST_TEST(node.ask("GET", path, {}, large).status == 413u, path);
    BOOST_TEST(node.ask("GET", path, {}, "{}").status == 200u, path);
  }
  BOOST_TEST(node.ask("GET", config_path("codex"), {}, large).status == 413u);
  BOOST_TEST(node.ask("POST", "/rpc", {}, call + large).status == 413u);
  const auto token = node.issue({"reader"});
  BOOST_TEST(node.ask("GET", "clients", token, large).status == 200u);
  BOOST_TEST(node.ask("POST", "/rpc", token, call + large).status == 200u);
  BOOST_TEST(node.ask("GET", "clients", token, larger).status == 413u);
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_nfr11) {
  node.get("tokens");
  node.get("nothing");
  node.ask("PATCH", "clients");
  const auto text = node.get("/metrics").body;
  for (const auto* line :
       {"signalbox_requests_total{operation=\"ListTokens\",status=\"401\"} 1",
        "signalbox_requests_total{operation=\"unknown\",status=\"404\"} 1",
        "signalbox_requests_total{operation=\"unknown\",status=\"405\"} 1"})
    BOOST_TEST(text.find(line) != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(numbers_that_do_not_fit_are_refused_not_cut) {
  const auto put = [&](const json::value& major) {
    return node.ask("PUT", "clients/codex/profiles/new", ledger.admin,
                    json::serialize(json::object{{"default_major", major}}));
  };
  for (const auto& major :
       {json::value{4294967297}, json::value{"4294967297"}, json::value{-1},
        json::value{"18446744073709551617"}, json::value{1.5}}) {
    const auto x = put(major);
    BOOST_TEST(x.status == 400u, x.body);
    BOOST_TEST(x.text("/pointer") == "/default_major");
    BOOST_TEST(x.text("/detail").find("from 0 to 4294967295") !=
               std::string::npos);
  }
  BOOST_TEST(put(1).status == 201u);
  const auto reseal = node.post("clients/codex/profiles/default/reseal",
                                {{"major", 4294967297}}, ledger.admin);
  BOOST_TEST(reseal.status == 400u, reseal.body);
  BOOST_TEST(reseal.text("/pointer") == "/major");
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_is_a_name) {
  for (const auto& key :
       {std::string{"\xff\xfe"}, std::string{"a b"}, std::string(129, 'a')}) {
    const auto x = with_key(key);
    BOOST_TEST(x.status == 400u, x.body);
    BOOST_TEST(x.text("/pointer") == "/idempotency_key");
  }
  BOOST_TEST(with_key(std::string(128, 'a')).status == 201u);
  for (const auto& key : {json::value{""}, json::value{5}, json::value{nullptr},
                          json::value{std::string(129, 'a')}})
    BOOST_TEST(node.rpc("IssueToken",
                        json::object{{"roles", json::array{"reader"}},
                                     {"idempotency_key", key}},
                        ledger.admin)
                   .at("/error/code") == -32602);
}

BOOST_AUTO_TEST_CASE(a_host_that_is_none_is_refused) {
  for (const auto* host : {"a b", "a/b", "a@b", "a,b", "a?b", "a\\b"})
    BOOST_TEST(
        raw("GET /healthz HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n")
            .status == 400u);
  for (const auto* host : {"", "a.example:8470", "[::1]:8470", "127.0.0.1"})
    BOOST_TEST(
        raw("GET /healthz HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n")
            .status == 200u);
  for (const auto* target : {"http://", "http:///healthz", "https://?x"})
    BOOST_TEST(
        raw("GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n")
            .status == 400u);
  BOOST_TEST(
      raw("GET http://a.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n").status ==
      200u);
}

BOOST_AUTO_TEST_CASE(a_closed_standard_output_gives_its_place_to_nothing) {
  for (const std::string words : {"keysets", "keys list", "clients"}) {
    const auto x =
        run({{"sh", "-c",
              program.string() + ' ' + words + " --url " + node.url + " >&-"}});
    BOOST_TEST(x.status == 1, words);
    BOOST_TEST(x.err.find("could not be written") != std::string::npos, x.err);
  }
}

BOOST_AUTO_TEST_SUITE_END()
