#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct publish_fixture : node_fixture {
  answer publish(const std::string& word, json::object more = {},
                 const std::string& headers = {}) const {
    return node.publish("claude-code", "default", small_draft(word),
                        std::move(more), headers);
  }
  std::string current() const {
    return node.get(config_path("claude-code")).text("/artifact_id");
  }
};

std::string key(const std::string& x) {
  return "Idempotency-Key: " + x + "\r\n";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(publishing, publish_fixture)

BOOST_AUTO_TEST_CASE(a_retry_is_answered_with_the_first_outcome) {
  const auto first = publish("a", {}, key("one"));
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  const auto again = publish("a", {}, key("one"));
  BOOST_TEST(again.status == 200u);
  BOOST_TEST(again.body == first.body);
  BOOST_REQUIRE_EQUAL(publish("b").status, 201u);
  // Even now: the same artifact, with its place in place of a head.
  const auto late = publish("a", {}, key("one"));
  BOOST_TEST(late.status == 200u, late.body);
  BOOST_TEST(late.text("/artifact_id") == first.text("/artifact_id"));
  BOOST_TEST(late.at("/at/channel_version").as_int64() == 1);
  BOOST_TEST(node.get(config_path("claude-code")).at("/version") == "1.0.1");
}

BOOST_AUTO_TEST_CASE(a_retry_succeeds_though_its_conditions_hold_no_more) {
  for (auto& more : {json::object{{"expected_version", 0}},
                     json::object{{"version", "1.0.0"}}}) {
    const auto name = json::serialize(more);
    const std::string profile = more.contains("version") ? "prod" : "default";
    BOOST_TEST_CONTEXT(name) {
      const auto ask = [&] {
        return node.publish("claude-code", profile, small_draft("a"), more,
                            key("conditions"));
      };
      const auto first =
          profile == "prod" ? node.publish("claude-code", profile,
                                           small_draft("a"), more, key("other"))
                            : ask();
      BOOST_REQUIRE_MESSAGE(first.status == 201u, first.body);
      const auto again =
          profile == "prod" ? node.publish("claude-code", profile,
                                           small_draft("a"), more, key("other"))
                            : ask();
      BOOST_TEST(again.status == 200u, again.body);
      BOOST_TEST(again.text("/artifact_id") == first.text("/artifact_id"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_was_used_for_another_request_is_refused) {
  BOOST_REQUIRE_EQUAL(publish("a", {}, key("one")).status, 201u);
  for (auto* word : {"b", "a"}) {
    const auto reused =
        publish(word, {{"changelog", "Other words"}}, key("one"));
    BOOST_TEST(reused.status == 422u, reused.body);
    BOOST_TEST(reused.code() == "key_reused");
  }
  BOOST_TEST(node.get(config_path("claude-code")).at("/version") == "1.0.0");
}

BOOST_AUTO_TEST_CASE(a_key_belongs_to_its_principal) {
  const auto other = node.issue({"publisher"});
  BOOST_REQUIRE_EQUAL(publish("a", {}, key("one")).status, 201u);
  const auto theirs = node.publish("claude-code", "default", small_draft("b"),
                                   {}, key("one"), other);
  BOOST_TEST(theirs.status == 201u, theirs.body);
}

BOOST_AUTO_TEST_CASE(json_rpc_takes_the_key_among_the_params) {
  json::object params{{"client_id", "claude-code"},
                      {"profile", "default"},
                      {"draft_payload", small_draft("a")},
                      {"changelog", "A change"},
                      {"idempotency_key", "one"}};
  const auto first = node.rpc("Publish", params, ledger.admin);
  BOOST_REQUIRE_MESSAGE(first.has("/result"), first.body);
  BOOST_CHECK(node.rpc("Publish", params, ledger.admin).at("/result") ==
              first.at("/result"));
  params["changelog"] = "Other words";
  const auto reused = node.rpc("Publish", params, ledger.admin);
  BOOST_TEST(reused.text("/error/data/code") == "key_reused");
}

BOOST_AUTO_TEST_CASE(content_that_is_current_is_answered_and_not_written) {
  const auto first = publish("a");
  const auto again = publish("a", {{"changelog", "Again"}});
  BOOST_TEST(again.status == 200u);
  BOOST_TEST(again.body == first.body);
  BOOST_TEST(again.header("Signalbox-Token") ==
             first.header("Signalbox-Token"));
}

BOOST_AUTO_TEST_CASE(content_that_was_released_before_needs_revert) {
  publish("a");
  publish("b");
  const auto back = publish("a");
  BOOST_TEST(back.status == 409u);
  BOOST_TEST(back.code() == "already_released");
  BOOST_TEST(back.text("/detail").find("revert to it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(versions_are_semantic_and_grow) {
  BOOST_TEST(publish("a").text("/version") == "1.0.0");
  BOOST_TEST(publish("b").text("/version") == "1.0.1");
  BOOST_TEST(publish("c", {{"version", "2.1.0"}}).text("/version") == "2.1.0");
  BOOST_TEST(publish("d").text("/version") == "2.1.1");
  for (auto* low : {"2.1.1", "2.1.0", "2.2.0-rc.1", "1.9.9", "0.0.1"}) {
    if (std::string_view{low} == "2.2.0-rc.1")
      continue; // a release candidate of a later version grows
    const auto refused = publish("e", {{"version", low}});
    BOOST_TEST(refused.status == 422u, low);
    BOOST_TEST(refused.code() == "version_not_greater");
    BOOST_TEST(refused.text("/pointer") == "/version");
  }
  for (auto* odd : {"2", "v3.0.0", "3.0", "03.0.0", "", "3.0.0 "}) {
    const auto refused = publish("e", {{"version", odd}});
    BOOST_TEST(refused.status == 400u, odd);
    BOOST_TEST(refused.text("/pointer") == "/version");
  }
  const auto candidate = publish("e", {{"version", "2.2.0-rc.1"}});
  BOOST_TEST(candidate.text("/version") == "2.2.0-rc.1", candidate.body);
}

BOOST_AUTO_TEST_CASE(a_conflict_names_the_current_version_and_the_winner) {
  publish("a");
  const auto second = publish("b");
  BOOST_TEST(publish("c", {{"expected_version", 2}}).status == 201u);
  const auto winner =
      node.get("/v1/ledgers/main/" + config_path("claude-code") +
               "?at=2099-01-01T00:00:00Z");
  const auto lost = publish("d", {{"expected_version", 2}});
  BOOST_TEST(lost.status == 409u);
  BOOST_TEST(lost.code() == "conflict");
  BOOST_TEST(lost.at("/current_version").to_number<int>() == 3, lost.body);
  BOOST_TEST(lost.at("/winner").to_number<int>() > 0, lost.body);
  BOOST_TEST(winner.at("/at/channel_version").to_number<int>() == 3);
  const auto ahead = publish("d", {{"expected_version", 9}});
  BOOST_TEST(ahead.status == 409u);
  BOOST_TEST(ahead.at("/current_version").to_number<int>() == 3);
  BOOST_TEST(ahead.at("/winner") == lost.at("/winner"));
}

BOOST_AUTO_TEST_CASE(the_policy_set_is_an_assertion) {
  BOOST_TEST(publish("a", {{"policy_set_id", "baseline"}}).status == 201u);
  const auto other = publish("b", {{"policy_set_id", "lenient"}});
  BOOST_TEST(other.status == 422u);
  BOOST_TEST(other.text("/pointer") == "/policy_set_id");
  BOOST_TEST(node.get(config_path("claude-code")).at("/policy_set_id") ==
             "baseline");
}

BOOST_AUTO_TEST_CASE(a_refusal_carries_the_report_fr8) {
  json::value draft = small_draft("a");
  draft.as_object()["mcpServers"].as_object()["docs"].as_object()["port"] = 1;
  const auto refused = node.publish("claude-code", "default", draft);
  BOOST_TEST(refused.status == 422u);
  BOOST_TEST(refused.header("Content-Type") == "application/problem+json");
  BOOST_TEST(refused.at("/report/valid") == false);
  BOOST_TEST(refused.text("/report/errors/0/rule") == "schema");
  BOOST_TEST(refused.text("/report/errors/0/severity") == "error");
  BOOST_TEST(
      refused.text("/report/errors/0/pointer").starts_with("/mcpServers/docs"));
  BOOST_TEST(!refused.text("/report/errors/0/message").empty());
  BOOST_TEST(refused.text("/report/policy_set_id") == "baseline");
  const auto report =
      node.post("clients/claude-code/profiles/default/validate",
                json::object{{"draft_payload", draft}}, ledger.admin);
  BOOST_TEST(report.status == 200u);
  BOOST_CHECK(report.document == refused.at("/report"));
  BOOST_TEST(node.get(config_path("claude-code")).status == 404u);
}

BOOST_AUTO_TEST_CASE(a_valid_draft_has_an_empty_report_and_changes_nothing) {
  const auto report = node.post(
      "clients/claude-code/profiles/default/validate",
      json::object{{"draft_payload", small_draft("a")}}, ledger.admin);
  BOOST_TEST(report.at("/valid") == true);
  BOOST_TEST(report.at("/errors").as_array().empty());
  BOOST_TEST(node.get(config_path("claude-code")).status == 404u);
}

BOOST_AUTO_TEST_CASE(a_command_has_a_resource_until_and_after_its_outcome) {
  const auto lost = [&] {
    publish("a");
    publish("b");
    return publish("a", {}, key("lost"));
  }();
  BOOST_REQUIRE_EQUAL(lost.status, 409u);
  const auto id = lost.text("/command_id");
  const auto command = node.get("commands/" + id, ledger.admin);
  BOOST_TEST(command.status == 200u);
  BOOST_TEST(command.text("/command_id") == id);
  BOOST_TEST(command.text("/status") == "final");
  BOOST_TEST(command.text("/outcome") == "already_released");
  BOOST_TEST(command.at("/index") == lost.at("/index"));
  BOOST_TEST(
      node.get(config_path("claude-code") + "?token=" + command.text("/token"))
          .status == 200u);
  BOOST_TEST(
      node.get("commands/" + std::string(32, 'a'), ledger.admin).status ==
      404u);
  BOOST_TEST(node.get("commands/nonsense", ledger.admin).status == 400u);
  BOOST_TEST(node.get("commands/" + id).status == 401u);
}

BOOST_AUTO_TEST_CASE(what_was_published_is_there_after_a_restart) {
  const auto made = publish("a");
  BOOST_TEST(node.stop() == 0);
  node.restart();
  const auto got = node.get(config_path("claude-code"));
  BOOST_TEST(got.text("/artifact_id") == made.text("/artifact_id"));
  BOOST_TEST(got.header("ETag") == made.header("ETag"));
  BOOST_TEST(publish("a").status == 200u);
  BOOST_TEST(node.stop() == 0);
  const auto replay = ledger.signalbox({"replay", "--data", ledger.data()});
  BOOST_TEST(replay.status == 0, replay.err);
}

BOOST_AUTO_TEST_SUITE_END()
