#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// Three requests, and then one in a quarter of an hour.
struct limited_fixture {
  test_ledger ledger;
  node_process node{ledger, {"--rate-limit", "0.001", "--rate-burst", "3"}};

  /// How many of ten such requests in a row are answered.
  int answered(const std::string& path, const std::string& token = {}) const {
    int out = 0;
    for (int i = 0; i < 10; ++i)
      out += node.get(path, token).status != 429u;
    return out;
  }
};

bool has_line(const answer& x, const std::string& line) {
  return x.body.find('\n' + line + '\n') != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(limits, limited_fixture)

BOOST_AUTO_TEST_CASE(a_caller_above_its_rate_is_told_when_to_come_again) {
  BOOST_TEST(answered("clients") == 3);
  const auto refused = node.get("clients");
  BOOST_TEST(refused.status == 429u);
  BOOST_TEST(refused.code() == "overloaded");
  BOOST_TEST(refused.text("/title") == "Too many requests");
  const auto pause = refused.at("/retry_after").as_int64();
  BOOST_TEST(pause > 500);
  BOOST_TEST(pause <= 1000);
  BOOST_TEST(refused.header("Retry-After") == std::to_string(pause));
  const auto client = ledger.signalbox({"clients", "--url", node.url});
  BOOST_TEST(client.status == 7);
  BOOST_TEST(client.err.find("too many requests") != std::string::npos,
             client.err);
}

BOOST_AUTO_TEST_CASE(tokens_and_addresses_are_counted_apart) {
  const auto first = node.issue({"reader"});
  const auto second = node.issue({"reader"});
  BOOST_TEST(answered("clients", first) == 3);
  BOOST_TEST(answered("clients", second) == 3);
  BOOST_TEST(answered("clients") == 3);
  BOOST_TEST(answered("tokens", ledger.admin) == 1); // two went before
  const auto counted = node.get("/metrics");
  BOOST_TEST(has_line(counted, "signalbox_limited_token_requests_total 23"));
  BOOST_TEST(has_line(counted, "signalbox_limited_address_requests_total 7"));
  BOOST_TEST(has_line(counted, "signalbox_limited_callers 4"));
}

BOOST_AUTO_TEST_CASE(a_wrong_token_pays_like_none) {
  const std::string wrong =
      "sbx_" + std::string(32, '0') + '_' + std::string(43, 'A');
  BOOST_TEST(answered("clients", wrong) == 3);
  BOOST_TEST(answered("clients") == 0);
}

BOOST_AUTO_TEST_CASE(what_lies_ready_and_the_nodes_pages_are_exempt) {
  BOOST_REQUIRE_EQUAL(
      node.publish("codex", "default", sample("codex", "no-servers")).status,
      201u);
  BOOST_TEST(answered("clients") == 3);
  BOOST_TEST(answered(config_path("codex")) == 10);
  for (auto* path : {"/healthz", "/readyz/read", "/metrics", "/openapi.json"})
    BOOST_TEST(answered(path) == 10, path);
}

BOOST_AUTO_TEST_CASE(every_call_of_a_batch_is_paid_for) {
  json::array batch;
  for (int i = 0; i < 5; ++i)
    batch.push_back({{"jsonrpc", "2.0"}, {"id", i}, {"method", "ListClients"}});
  const auto said = node.ask("POST", "/rpc", {}, json::serialize(batch));
  BOOST_TEST(said.status == 200u);
  for (int i = 0; i < 5; ++i) {
    const auto at = '/' + std::to_string(i);
    BOOST_TEST(said.has(at + "/result") == (i < 3));
    if (i >= 3)
      BOOST_TEST(said.at(at + "/error/data/status") == 429);
  }
  BOOST_TEST(node.ask("POST", "/rpc", {}, json::serialize(batch)).status ==
             429u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(limits_off)

BOOST_AUTO_TEST_CASE(without_a_limit_nobody_is_refused) {
  const node_fixture x;
  for (int i = 0; i < 200; ++i)
    BOOST_TEST(x.node.get("clients").status == 200u);
  BOOST_TEST(has_line(x.node.get("/metrics"), "signalbox_limited_callers 0"));
}

BOOST_AUTO_TEST_SUITE_END()
