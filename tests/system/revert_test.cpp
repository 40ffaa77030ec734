#include <boost/test/unit_test.hpp>

#include "tests/system/acme_family.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct revert_fixture : node_fixture {
  answer publish(const std::string& word) const {
    return node.publish("claude-code", "default", small_draft(word));
  }
  answer revert(json::object more, const std::string& headers = {}) const {
    more.emplace("changelog", "Take the bad server back");
    return node.post("clients/claude-code/profiles/default/revert", more,
                     ledger.admin, headers);
  }
  answer current() const { return node.get(config_path("claude-code")); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reverting, revert_fixture)

BOOST_AUTO_TEST_CASE(a_former_artifact_comes_back_under_a_new_head_uc3) {
  const auto first = publish("a");
  const auto second = publish("b");
  BOOST_REQUIRE_EQUAL(second.status, 201u);
  const auto back = revert({{"artifact_id", first.text("/artifact_id")}});
  BOOST_REQUIRE_MESSAGE(back.status == 200u, back.body);
  const auto now = current();
  BOOST_TEST(now.body == back.body);
  BOOST_TEST(now.text("/artifact_id") == first.text("/artifact_id"));
  // The sealed bytes are those of then; only the head is new.
  const auto sealed = [](const answer& x) {
    return x.body.substr(0, x.body.rfind(",\"head\":"));
  };
  BOOST_TEST(sealed(now) == sealed(first));
  BOOST_TEST(now.text("/changelog") != "Take the bad server back");
  const auto diff =
      node.get(diff_path("claude-code", second.text("/artifact_id")));
  BOOST_TEST(diff.text("/status") == "outdated");
  BOOST_TEST(diff.text("/changelog") == "Take the bad server back");
  BOOST_TEST(diff.at("/channel_version").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(a_version_names_the_artifact_as_well_uc3) {
  publish("a");
  publish("b");
  const auto back = revert({{"version", "1.0.0"}});
  BOOST_REQUIRE_MESSAGE(back.status == 200u, back.body);
  BOOST_TEST(current().text("/version") == "1.0.0");
  const auto unknown = revert({{"version", "9.9.9"}});
  BOOST_TEST(unknown.status == 404u);
  BOOST_TEST(unknown.text("/pointer") == "/version");
  BOOST_TEST(revert({}).status == 400u);
  BOOST_TEST(revert({{"version", "1.0.0"},
                     {"artifact_id", "sha256:" + std::string(64, '0')}})
                 .status == 400u);
}

BOOST_AUTO_TEST_CASE(a_version_of_several_majors_needs_one_named_uc3) {
  auto family = acme({"1.0.0", "2.0.0"});
  family["samples"].as_object()["1.0.0"] = samples();
  BOOST_REQUIRE_EQUAL(
      node.ask("PUT", "clients/acme", ledger.admin, json::serialize(family))
          .status,
      201u);
  const auto release = [&](const std::string& major, const char* server) {
    const auto made = node.publish("acme", "default",
                                   {{"servers", {{server, json::object{}}}}},
                                   {{"schema_ref", "acme/" + major + ".0.0"}});
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    return made;
  };
  std::vector<answer> first;
  for (auto* major : {"1", "2"}) {
    first.push_back(release(major, "a"));
    release(major, "b");
  }
  BOOST_REQUIRE_EQUAL(first[0].text("/version"), first[1].text("/version"));
  const auto back = [&](json::object more) {
    more["changelog"] = "Take it back";
    more["version"] = first[0].text("/version");
    return node.post("clients/acme/profiles/default/revert", more,
                     ledger.admin);
  };
  const auto torn = back({});
  BOOST_TEST(torn.status == 400u, torn.body);
  BOOST_TEST(torn.text("/pointer") == "/major");
  const auto now = [&](const std::string& major) {
    return node.get(config_path("acme") + "?accept=" + major)
        .text("/artifact_id");
  };
  BOOST_TEST(now("1") != first[0].text("/artifact_id"));
  const auto done = back({{"major", 2}});
  BOOST_REQUIRE_MESSAGE(done.status == 200u, done.body);
  BOOST_TEST(now("2") == first[1].text("/artifact_id"));
  BOOST_TEST(now("1") != first[0].text("/artifact_id"));
  BOOST_TEST(back({{"major", 3}}).status == 404u);
}

BOOST_AUTO_TEST_CASE(publishing_goes_on_after_a_revert_uc3) {
  publish("a");
  publish("b");
  BOOST_REQUIRE_EQUAL(revert({{"version", "1.0.0"}}).status, 200u);
  const auto next = publish("c");
  BOOST_REQUIRE_MESSAGE(next.status == 201u, next.body);
  BOOST_TEST(next.text("/version") == "1.0.2");
  BOOST_REQUIRE_EQUAL(revert({{"version", "1.0.1"}}).status, 200u);
  BOOST_TEST(current().text("/version") == "1.0.1");
}

BOOST_AUTO_TEST_CASE(a_revert_to_what_is_current_writes_nothing) {
  publish("a");
  const auto before = current();
  const auto same = revert({{"version", "1.0.0"}});
  BOOST_TEST(same.status == 200u);
  BOOST_TEST(same.body == before.body);
}

BOOST_AUTO_TEST_CASE(a_revert_is_refused_precisely) {
  publish("a");
  publish("b");
  const auto never =
      revert({{"artifact_id", "sha256:" + std::string(64, '0')}});
  BOOST_TEST(never.status == 404u);
  BOOST_TEST(never.text("/pointer") == "/artifact_id");
  const auto raced = revert({{"version", "1.0.0"}, {"expected_version", 1}});
  BOOST_TEST(raced.status == 409u);
  BOOST_TEST(raced.code() == "conflict");
  for (auto* bad : {"ghp_0123456789abcdefghijklmnopqrstuvwxyz", " "}) {
    const auto secret = revert({{"version", "1.0.0"}, {"changelog", bad}});
    BOOST_TEST(secret.status == 422u, bad);
    BOOST_TEST(secret.text("/pointer") == "/changelog");
    BOOST_TEST(secret.body.find("ghp_") == std::string::npos);
  }
  BOOST_TEST(current().text("/version") == "1.0.1");
}

BOOST_AUTO_TEST_CASE(a_retried_revert_is_answered_with_the_first_outcome) {
  publish("a");
  publish("b");
  const std::string key = "Idempotency-Key: once\r\n";
  BOOST_REQUIRE_EQUAL(revert({{"version", "1.0.0"}}, key).status, 200u);
  publish("c");
  const auto again = revert({{"version", "1.0.0"}}, key);
  BOOST_TEST(again.status == 200u);
  BOOST_TEST(again.text("/version") == "1.0.0");
  BOOST_TEST(again.at("/at/channel_version").as_int64() == 3);
  BOOST_TEST(current().text("/version") == "1.0.2");
}

BOOST_AUTO_TEST_CASE(a_retried_revert_succeeds_though_its_condition_has_gone) {
  publish("a");
  publish("b");
  const json::object back{{"version", "1.0.0"}, {"expected_version", 2}};
  const std::string key = "Idempotency-Key: once\r\n";
  const auto first = revert(back, key);
  BOOST_REQUIRE_MESSAGE(first.status == 200u, first.body);
  BOOST_TEST(revert(back, key).body == first.body);
  auto other = back;
  other["force"] = true;
  BOOST_TEST(revert(other, key).code() == "key_reused");
}

BOOST_AUTO_TEST_CASE(a_revoked_key_needs_force_and_then_a_reseal_uc3) {
  const auto first = publish("a");
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  const auto keys = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "keys");
    words.insert(words.end(), {"--data", ledger.data().string()});
    const auto done = ledger.signalbox(words);
    BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  };
  keys({"rotate"});
  node.restart();
  BOOST_REQUIRE_EQUAL(publish("b").status, 201u);
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  keys({"revoke", first.text("/signature/key_id")});
  node.restart();
  const auto refused = revert({{"version", "1.0.0"}});
  BOOST_TEST(refused.status == 409u, refused.body);
  BOOST_TEST(refused.text("/outcome") == "key_inactive");
  BOOST_TEST(current().text("/version") == "1.0.1");
  // It is current then, and nobody gets it before it is resealed.
  const auto forced = revert({{"version", "1.0.0"}, {"force", true}});
  BOOST_TEST(forced.code() == "key_revoked", forced.body);
  BOOST_TEST(forced.text("/outcome") == "accepted");
  BOOST_TEST(current().code() == "key_revoked");
  const auto resealed = node.post("clients/claude-code/profiles/default/reseal",
                                  json::object{}, ledger.admin);
  BOOST_REQUIRE_MESSAGE(resealed.status == 200u, resealed.body);
  BOOST_TEST(current().text("/version") == "1.0.0");
}

BOOST_AUTO_TEST_SUITE_END()
