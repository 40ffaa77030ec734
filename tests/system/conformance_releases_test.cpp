#include <chrono>
#include <future>

#include <boost/test/unit_test.hpp>

#include "tests/system/event_listener.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A set that refuses the server `docs` of small_draft.
json::object no_docs() {
  return {{"policy_set_id", "no-docs"},
          {"version", "1.0.0"},
          {"description", "For a test"},
          {"rules",
           {{{"id", "refuse-docs"},
             {"action", "deny-servers"},
             {"names", {"docs"}},
             {"severity", "error"},
             {"message", "This server was withdrawn."}}}}};
}

struct release_bench : node_fixture {
  answer publish(const std::string& word,
                 const std::string& profile = "default") const {
    auto x = node.publish("claude-code", profile, small_draft(word),
                          {{"changelog", "Change " + word}});
    BOOST_REQUIRE_MESSAGE(x.status == 201u, x.body);
    return x;
  }
  answer current(const std::string& profile = "default") const {
    return node.get(config_path("claude-code", profile));
  }
  answer audit(const std::string& query) const {
    return node.get("audit?" + query, ledger.admin);
  }
  answer releases() const {
    return audit("kind=artifact_published,channel_reverted");
  }
  answer diff(const answer& held, const std::string& more = {}) const {
    return node.get(diff_path("claude-code", held.text("/artifact_id")) + more);
  }

  /// Refused drafts are noted behind the answer: waits until there are so many.
  answer refusals(std::size_t count) const {
    const auto end = std::chrono::steady_clock::now() + child_process::patience;
    answer out;
    do {
      out = audit("kind=draft_refused");
    } while (out.document.as_array().size() < count &&
             std::chrono::steady_clock::now() < end);
    BOOST_REQUIRE_EQUAL(out.document.as_array().size(), count);
    return out;
  }

  void forbid_docs() const {
    const auto made =
        node.post("policies", {{"document", no_docs()}}, ledger.admin);
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    const auto bound =
        node.ask("PUT", "clients/claude-code/profiles/default/policy",
                 ledger.admin, R"({"policy_set_id":"no-docs"})");
    BOOST_REQUIRE_MESSAGE(bound.status == 200u, bound.body);
  }

  /// From now on no draft of the family passes.
  void end_the_schema() const {
    auto family =
        node.get("clients/claude-code?descriptor=true").at("/descriptor");
    family.at_pointer("/schemas/0").as_object()["deprecated"] = {
        {"since", "2025-01-01"},
        {"until", "2025-06-01"},
        {"message", "Use the next major"}};
    const auto put = node.ask(
        "PUT", "clients/claude-code", ledger.admin,
        json::serialize(json::object{{"descriptor", std::move(family)}}));
    BOOST_REQUIRE_MESSAGE(put.status == 201u, put.body);
  }

  answer revert(const answer& to) const {
    return node.post("clients/claude-code/profiles/default/revert",
                     {{"artifact_id", to.text("/artifact_id")},
                      {"changelog", "Take the bad server back"}},
                     ledger.admin);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(conformance_releases, release_bench)

BOOST_AUTO_TEST_CASE(one_payload_in_two_profiles_makes_two_releases_c2_fr12) {
  const auto first = publish("a");
  const auto record = releases().text("/0/audit_log_uri");
  const auto before = node.get(record, ledger.admin);
  const auto second = publish("a", "prod");
  // Two artifacts of one payload, since the profile is part of the seal.
  BOOST_TEST(second.text("/payload_hash") == first.text("/payload_hash"));
  BOOST_TEST(second.text("/artifact_id") != first.text("/artifact_id"));
  const auto listed = releases();
  BOOST_REQUIRE_EQUAL(listed.document.as_array().size(), 2u);
  BOOST_TEST(listed.text("/0/profile") == "prod");
  BOOST_TEST(listed.text("/1/profile") == "default");
  for (auto* one : {"/0/status", "/1/status"})
    BOOST_TEST(listed.text(one) == "current");
  BOOST_TEST(current("default").body == first.body);
  BOOST_TEST(current("prod").body == second.body);
  BOOST_TEST(node.get(record, ledger.admin).body == before.body);
  node.stop();
  node.restart();
  BOOST_TEST(current("default").body == first.body);
  BOOST_TEST(node.get(record, ledger.admin).body == before.body);
}

BOOST_AUTO_TEST_CASE(a_server_that_was_removed_makes_the_client_outdated_c4) {
  struct place {
    const char* client;
    const char* servers; ///< where this client has them: diff does not care
  };
  for (auto& [client, servers] :
       {place{"claude-code", "mcpServers"}, place{"codex", "mcp_servers"},
        place{"vscode", "servers"}, place{"goose", "extensions"}}) {
    BOOST_TEST_CONTEXT(client) {
      auto payload = sample(client, "several-servers");
      const auto held = node.publish(client, "default", payload);
      BOOST_REQUIRE_MESSAGE(held.status == 201u, held.body);
      auto& there = payload.as_object().at(servers).as_object();
      BOOST_REQUIRE(there.size() > 1);
      const std::string gone{there.begin()->key()};
      there.erase(gone);
      const auto now = node.publish(client, "default", payload);
      BOOST_REQUIRE_MESSAGE(now.status == 201u, now.body);
      const auto id = held.text("/artifact_id");
      const auto diff = node.get(diff_path(client, id) + "&patch=true");
      BOOST_TEST(diff.text("/status") == "outdated", diff.body);
      BOOST_TEST(diff.text("/latest_artifact_id") == now.text("/artifact_id"));
      BOOST_CHECK(
          diff.at("/patch") ==
          (json::array{{{"op", "remove"},
                        {"path", "/" + std::string{servers} + "/" + gone}}}));
      const auto same = node.get(diff_path(client, now.text("/artifact_id")));
      BOOST_TEST(same.text("/status") == "up-to-date");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refused_draft_leaves_a_report_and_an_audit_entry_c7) {
  forbid_docs();
  const auto before = audit("order=oldest&limit=1000&kind=artifact_published,"
                            "channel_reverted,artifact_resealed")
                          .body;
  struct refused_draft {
    json::value payload;
    std::string rule;
    std::string pointer;
  };
  const std::vector<refused_draft> drafts{
      {{{"mcpServers", {{"notes", {{"command", 7}}}}}},
       "schema",
       "/mcpServers/notes/command"},
      {small_draft("a"), "refuse-docs", "/mcpServers/docs"}};
  std::size_t count = 0;
  for (auto& [payload, rule, pointer] : drafts) {
    BOOST_TEST_CONTEXT(rule) {
      const auto refused = node.publish("claude-code", "default", payload);
      BOOST_TEST(refused.status == 422u);
      BOOST_TEST(refused.header("Content-Type") == "application/problem+json");
      BOOST_TEST(refused.at("/report/valid") == false);
      BOOST_TEST(refused.text("/report/errors/0/rule") == rule);
      BOOST_TEST(refused.text("/report/errors/0/pointer") == pointer);
      BOOST_TEST(refused.text("/report/errors/0/severity") == "error");
      const auto noted = refusals(++count);
      BOOST_TEST(noted.text("/0/status") == "refused");
      BOOST_TEST(noted.text("/0/client_id") == "claude-code");
      BOOST_TEST(noted.text("/0/profile") == "default");
      BOOST_TEST(noted.text("/0/policy_set_id") == "no-docs");
      BOOST_TEST(noted.text("/0/findings/0/rule") == rule);
      BOOST_TEST(noted.text("/0/findings/0/pointer") == pointer);
    }
  }
  BOOST_TEST(current().status == 404u);
  BOOST_TEST(audit("order=oldest&limit=1000&kind=artifact_published,"
                   "channel_reverted,artifact_resealed")
                 .body == before);
  const auto noted = refusals(count).body;
  node.stop();
  node.restart();
  BOOST_TEST(current().status == 404u);
  BOOST_TEST(refusals(count).body == noted);
}

BOOST_AUTO_TEST_CASE(a_revert_reaches_all_clients_while_drafts_fail_c9_uc3) {
  const auto good = publish("a");
  const auto bad = publish("b");
  end_the_schema();
  BOOST_TEST(node.publish("claude-code", "default", small_draft("c")).status ==
             422u);
  event_listener watching{node, "since_token=now&client_id=claude-code"};
  watching.next("current");
  const auto since = watching.last_id();
  auto polling = std::async(std::launch::async, [&] {
    return node.get("changes?client_id=claude-code&profile=default&wait=30"
                    "&since_token=" +
                    since);
  });
  const auto back = revert(good);
  BOOST_REQUIRE_MESSAGE(back.status == 200u, back.body);
  const auto told = [&](const json::value& x) {
    BOOST_TEST(text_of(x, "type") == "reverted");
    BOOST_TEST(text_of(x, "artifact_id") == good.text("/artifact_id"));
    BOOST_TEST(text_of(x, "changelog") == "Take the bad server back");
    BOOST_TEST(x.at("channel_version").as_int64() == 3);
    BOOST_CHECK(x.at("head") == back.at("/head"));
  };
  told(watching.change());
  const auto polled = polling.get();
  BOOST_REQUIRE_EQUAL(polled.document.as_array().size(), 1u);
  told(polled.at("/0"));
  const auto outdated = diff(bad);
  BOOST_TEST(outdated.text("/status") == "outdated");
  BOOST_TEST(outdated.text("/latest_artifact_id") == good.text("/artifact_id"));
  BOOST_TEST(outdated.text("/changelog") == "Take the bad server back");
  BOOST_TEST(diff(good).text("/status") == "up-to-date");
  BOOST_TEST(current().text("/artifact_id") == good.text("/artifact_id"));
  // Nothing of it helps a draft, nor does the failing draft undo it.
  BOOST_TEST(node.publish("claude-code", "default", small_draft("d")).status ==
             422u);
  BOOST_TEST(current().text("/artifact_id") == good.text("/artifact_id"));
}

BOOST_AUTO_TEST_CASE(publishing_enforces_policy_and_is_recorded_for_good_ac3) {
  const auto made = publish("a");
  const auto uri = releases().text("/0/audit_log_uri");
  const auto record = node.get(uri, ledger.admin);
  BOOST_TEST(record.text("/policy_set_id") == made.text("/policy_set_id"));
  BOOST_TEST(record.text("/policy_version") == made.text("/policy_version"));
  BOOST_TEST(record.text("/signer/key_id") == made.text("/signature/key_id"));
  // One half: what the policy forbids is not released.
  forbid_docs();
  const auto refused = node.publish("claude-code", "default", small_draft("b"));
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(current().text("/artifact_id") == made.text("/artifact_id"));
  BOOST_TEST(releases().document.as_array().size() == 1u);
  BOOST_TEST(refusals(1).text("/0/findings/0/rule") == "refuse-docs");
  // The other: no call changes or removes a record, and the chain that holds
  // it is what a fold of the log alone gives.
  for (auto* method : {"PUT", "POST", "DELETE", "PATCH"})
    BOOST_TEST(node.ask(method, uri, ledger.admin, "{}").status == 405u);
  BOOST_TEST(node.get(uri, ledger.admin).body == record.body);
  const auto last = audit("limit=1&kind=policy_bound").text("/0/audit_log_uri");
  const auto chain = node.get(last, ledger.admin).text("/chain");
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  const auto replayed =
      ledger.signalbox({"replay", "--json", "--data", ledger.data().string()});
  BOOST_REQUIRE_MESSAGE(replayed.status == 0, replayed.err);
  node.restart();
  BOOST_TEST(node.get(uri, ledger.admin).body == record.body);
  BOOST_TEST(node.get(last, ledger.admin).text("/chain") == chain);
}

BOOST_AUTO_TEST_SUITE_END()
