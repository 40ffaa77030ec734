#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/system/metric.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct profile_bench : node_fixture {
  answer put(const std::string& profile, const json::object& body,
             const std::string& key = {}, const std::string& token = {}) const {
    return node.ask("PUT", "clients/codex/profiles/" + profile,
                    token.empty() ? ledger.admin : token, json::serialize(body),
                    key.empty() ? "" : "Idempotency-Key: " + key + "\r\n");
  }

  std::uint64_t accepted() const {
    return metric(node, "signalbox_entries_accepted_total");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(put_profile, profile_bench)

BOOST_AUTO_TEST_CASE(a_new_profile_is_listed_bound_and_published_to) {
  const auto made = put("staging",
                        {{"environment", json::array{"eu"}},
                         {"default_major", 1},
                         {"policy_set_id", "baseline"}},
                        {}, node.issue({"operator"}));
  BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
  BOOST_TEST(made.text("/profile") == "staging");
  BOOST_TEST(made.text("/policy_set_id") == "baseline");
  BOOST_TEST(!made.header("Signalbox-Token").empty());
  const auto names = node.get("clients/codex/profiles").document.as_array();
  BOOST_TEST(std::count(names.begin(), names.end(), "staging") == 1);
  // A profile without a bound policy set takes no draft.
  const auto draft = sample("codex", "no-servers");
  const auto released = node.publish("codex", "staging", draft);
  BOOST_REQUIRE_MESSAGE(released.status == 201, released.body);
  const auto again = put("staging", {{"environment", json::array{"eu", "us"}}});
  BOOST_TEST(again.status == 201u, again.body);
  BOOST_TEST(node.get(config_path("codex", "staging")).text("/artifact_id") ==
             released.text("/artifact_id"));
}

BOOST_AUTO_TEST_CASE(what_is_not_named_stays_as_it_is_fr7) {
  const json::value strict{{"policy_set_id", "strict"},
                           {"version", "1.0.0"},
                           {"description", "No shells"},
                           {"rules", json::array{{{"id", "no-shells"},
                                                  {"action", "deny-commands"},
                                                  {"list", {"bash"}},
                                                  {"severity", "error"},
                                                  {"message", "No shells"}}}}};
  BOOST_REQUIRE_EQUAL(
      node.post("policies", {{"document", strict}}, ledger.admin).status, 201u);
  BOOST_REQUIRE_EQUAL(put("staging", {{"environment", json::array{"eu"}},
                                      {"policy_set_id", "strict"}})
                          .status,
                      201u);
  const auto again = put("staging", {{"environment", json::array{"eu", "us"}}});
  BOOST_TEST(again.status == 201u);
  BOOST_TEST(again.text("/policy_set_id") == "strict");
  const auto shell =
      node.post("clients/codex/profiles/staging/validate",
                {{"draft_payload",
                  json::parse(R"({"mcp_servers":{"a":{"command":"bash"}}})")}},
                ledger.admin);
  BOOST_TEST(shell.at("/valid") == false, shell.body);
  BOOST_TEST(
      put("staging", {{"policy_set_id", "baseline"}}).text("/policy_set_id") ==
      "baseline");
}

BOOST_AUTO_TEST_CASE(a_retry_answers_the_same_and_changes_nothing) {
  const json::object body{{"default_major", 1}};
  const auto first = put("staging", body, "put-1");
  BOOST_REQUIRE_MESSAGE(first.status == 201, first.body);
  const auto before = accepted();
  const auto retry = put("staging", body, "put-1");
  BOOST_TEST(retry.status == 201u, retry.body);
  BOOST_TEST(retry.body == first.body);
  const auto reused =
      put("staging", {{"environment", json::array{"x"}}}, "put-1");
  BOOST_TEST(reused.status == 422u, reused.body);
  BOOST_TEST(reused.code() == "key_reused");
  BOOST_TEST(accepted() == before);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_profile_is_refused_before_it_is_written) {
  const auto before = accepted();
  const auto refuse = [&](const std::string& profile, const json::object& body,
                          unsigned status, const std::string& pointer) {
    const auto x = put(profile, body);
    BOOST_TEST(x.status == status, x.body);
    if (!pointer.empty())
      BOOST_TEST(x.text("/pointer") == pointer);
  };
  refuse("Not_A_Name", {}, 400, "/profile");
  const auto secret =
      "xo" + std::string{"xb-123456789012-"} + "a1b2c3d4e5f6g7h8i9j0k1l2";
  refuse(secret, {}, 400, "/profile");
  refuse("staging", {{"environment", json::array{secret}}}, 400,
         "/environment");
  refuse("staging", {{"policy_set_id", "none"}}, 404, "/policy_set_id");
  refuse("staging", {{"default_major", 99}}, 400, "/default_major");
  refuse("staging", {{"environment", json::array{"A B"}}}, 400, "/environment");
  refuse("staging", {{"environment", json::array{1}}}, 400, "/environment");
  BOOST_TEST(
      node.ask("PUT", "clients/nobody/profiles/staging", ledger.admin, "{}")
          .status == 404u);
  BOOST_TEST(accepted() == before);
}

BOOST_AUTO_TEST_SUITE_END()
