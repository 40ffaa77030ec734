#include <algorithm>
#include <set>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct audit_fixture : node_fixture {
  answer publish(const std::string& word, const std::string& token = {}) const {
    return node.publish("claude-code", "default", small_draft(word), {}, {},
                        token);
  }
  answer audit(const std::string& query = {},
               const std::string& token = {}) const {
    return node.get("audit" + (query.empty() ? "" : '?' + query),
                    token.empty() ? ledger.admin : token);
  }
  answer releases(const std::string& more = {}) const {
    return audit("kind=artifact_published,channel_reverted" + more);
  }

  /// Follows the cursors to the end; the records' indexes as they came.
  std::vector<std::int64_t> all_pages(const std::string& query,
                                      auto between) const {
    std::vector<std::int64_t> out;
    std::string cursor;
    do {
      const auto page =
          audit(query + (cursor.empty() ? "" : "&cursor=" + cursor));
      BOOST_REQUIRE_MESSAGE(page.status == 200u, page.body);
      for (auto& x : page.document.as_array())
        out.push_back(x.at("index").as_int64());
      cursor = page.header("Signalbox-Cursor");
      BOOST_TEST(page.header("Link").empty() == cursor.empty());
      between();
    } while (!cursor.empty());
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit, audit_fixture)

BOOST_AUTO_TEST_CASE(a_release_is_recorded_with_signer_and_policy_fr12_ac3) {
  const auto made = publish("a");
  BOOST_REQUIRE_EQUAL(made.status, 201u);
  const auto found = releases();
  BOOST_REQUIRE_MESSAGE(found.status == 200u, found.body);
  BOOST_REQUIRE_EQUAL(found.document.as_array().size(), 1u);
  BOOST_TEST(found.text("/0/artifact_id") == made.text("/artifact_id"));
  BOOST_TEST(found.text("/0/status") == "current");
  BOOST_TEST(found.at("/0/approvals").as_array().empty());
  BOOST_TEST(found.text("/0/kind") == "artifact_published");
  BOOST_TEST(found.text("/0/signer/key_id") == made.text("/signature/key_id"));
  BOOST_TEST(found.text("/0/publisher_id") ==
             made.text("/provenance/publisher_id"));
  BOOST_TEST(found.text("/0/policy_set_id") == made.text("/policy_set_id"));
  BOOST_TEST(found.text("/0/policy_version") == made.text("/policy_version"));
  BOOST_TEST(found.text("/0/changelog") == "A change");
  BOOST_TEST(found.text("/0/version") == made.text("/version"));
  // The URI leads to the whole entry.
  const auto whole = node.get(found.text("/0/audit_log_uri"), ledger.admin);
  BOOST_REQUIRE_MESSAGE(whole.status == 200u, whole.body);
  BOOST_TEST(whole.text("/artifact_id") == made.text("/artifact_id"));
  BOOST_TEST(whole.text("/token") == made.header("Signalbox-Token"));
  BOOST_TEST(whole.text("/chain").size() == 16u);
  BOOST_TEST(whole.at("/parts").as_array().size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_chain_of_the_last_entry_is_what_replay_finds) {
  publish("a");
  const auto last = audit("limit=1");
  const auto whole = node.get(last.text("/0/audit_log_uri"), ledger.admin);
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  const auto replayed =
      ledger.signalbox({"replay", "--json", "--data", ledger.data().string()});
  BOOST_REQUIRE_EQUAL(replayed.status, 0);
  const auto h = json::parse(replayed.out).at("chain").as_string();
  BOOST_TEST(std::string_view{h}.substr(0, 16) == whole.text("/chain"));
}

BOOST_AUTO_TEST_CASE(the_status_follows_what_happens_later_fr12_uc3) {
  const auto first = publish("a");
  publish("b");
  BOOST_TEST(releases().text("/1/status") == "superseded");
  node.post("clients/claude-code/profiles/default/revert",
            json::object{{"artifact_id", first.text("/artifact_id")},
                         {"changelog", "Back"}},
            ledger.admin);
  const auto after = releases();
  BOOST_TEST(after.text("/0/kind") == "channel_reverted");
  BOOST_TEST(after.text("/0/status") == "current");
  BOOST_TEST(after.text("/0/version") == "1.0.0");
  BOOST_TEST(after.text("/0/changelog") == "Back");
  BOOST_TEST(after.text("/1/status") == "reverted");
  BOOST_TEST(after.text("/2/status") == "current");
}

BOOST_AUTO_TEST_CASE(time_client_profile_and_version_choose_records_fr13) {
  const auto first = publish("a");
  const auto second = publish("b");
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("claude-code", "prod", small_draft("c"));
  const auto count = [&](const std::string& query) {
    const auto x = releases('&' + query);
    BOOST_REQUIRE_MESSAGE(x.status == 200u, x.body);
    return x.document.as_array().size();
  };
  BOOST_TEST(count("client_id=claude-code") == 3u);
  BOOST_TEST(count("client_id=claude-code&profile=default") == 2u);
  BOOST_TEST(count("client_id=claude-code&version=1.0.1") == 1u);
  BOOST_TEST(count("artifact_id=" + second.text("/artifact_id")) == 1u);
  BOOST_TEST(count("publisher=" + std::string(32, '0')) == 0u);
  BOOST_TEST(count("publisher=" + first.text("/provenance/publisher_id")) ==
             4u);
  // Several may have come in one millisecond.
  const auto all = releases();
  const auto time = all.text("/1/log_time");
  const auto& records = all.document.as_array();
  BOOST_REQUIRE_EQUAL(records.size(), 4u);
  const auto earlier = static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [&](auto& x) {
        return x.at("log_time").as_string() < time;
      }));
  BOOST_TEST(count("from=" + time) == 4u - earlier);
  BOOST_TEST(count("to=" + time) == earlier);
  BOOST_TEST(count("from=2100-01-01T00:00:00Z") == 0u);
  BOOST_TEST(count("to=2000-01-01T00:00:00Z") == 0u);
  // Everything else is there too, by its kind.
  BOOST_TEST(audit("kind=token_issued").document.as_array().size() == 1u);
  BOOST_TEST(audit("kind=ledger_created").at("/0/index") == 0);
  BOOST_TEST(audit("kind=nonsense").text("/pointer") == "/kind");
  BOOST_TEST(audit("from=yesterday").text("/pointer") == "/from");
  BOOST_TEST(audit("limit=0").text("/pointer") == "/limit");
  BOOST_TEST(audit("cursor=abc").text("/pointer") == "/cursor");
}

BOOST_AUTO_TEST_CASE(pages_are_stable_while_entries_are_appended_fr13) {
  for (int i = 0; i < 6; ++i)
    publish("first " + std::to_string(i));
  const auto before = all_pages("limit=1000", [] {});
  int round = 0;
  const auto publish_more = [&] {
    publish("later " + std::to_string(round++));
  };
  const auto down = all_pages("limit=7", publish_more);
  BOOST_TEST(down == before, boost::test_tools::per_element());
  BOOST_TEST(round > 3);
  // Oldest first the new ones come at the end.
  auto up = all_pages("order=oldest&limit=9", [] {});
  BOOST_TEST(up.size() > down.size());
  for (std::size_t i = 0; i < up.size(); ++i)
    BOOST_TEST(up[i] == static_cast<std::int64_t>(i));
}

BOOST_AUTO_TEST_CASE(a_long_log_is_searched_in_bounded_steps_fr13) {
  publish("a");
  // Nothing matches, and the log is short: one page says so for good.
  const auto none = audit("artifact_id=sha256:" + std::string(64, '0'));
  BOOST_TEST(none.document.as_array().empty());
  BOOST_TEST(none.header("Signalbox-Cursor").empty());
}

BOOST_AUTO_TEST_CASE(who_sees_what_is_decided_by_role_nfr7) {
  const auto publisher = node.issue({"publisher"});
  const auto other = node.issue({"publisher"});
  const auto auditor = node.issue({"auditor"});
  BOOST_REQUIRE_EQUAL(publish("a", publisher).status, 201u);
  const auto kinds = [&](const std::string& token) {
    std::set<std::string> out;
    const auto seen = node.get("audit?limit=1000", token);
    BOOST_REQUIRE_MESSAGE(seen.status == 200u, seen.body);
    for (auto& x : seen.document.as_array())
      out.insert(std::string{x.at("kind").as_string()});
    return out;
  };
  const std::set<std::string> released{"artifact_published"};
  BOOST_CHECK(kinds("") == released);
  BOOST_CHECK(kinds(other) == released);
  BOOST_CHECK(kinds(publisher) == released);
  BOOST_TEST(kinds(auditor).contains("token_issued"));
  BOOST_TEST(kinds(auditor).contains("policy_bound"));
  BOOST_TEST(node.get("audit/0").status == 404u);
  BOOST_TEST(node.get("audit/0", auditor).status == 200u);
  BOOST_TEST(node.get("audit/99999", auditor).status == 404u);
  const auto last = audit("kind=artifact_published");
  const auto shown = node.get(last.text("/0/audit_log_uri"));
  BOOST_TEST(shown.status == 200u);
  BOOST_TEST(!shown.has("/preconditions"));
  BOOST_TEST(
      node.get(last.text("/0/audit_log_uri"), publisher).has("/preconditions"));
}

BOOST_AUTO_TEST_CASE(rest_and_json_rpc_give_the_same_pages_fr13) {
  for (int i = 0; i < 3; ++i)
    publish(std::to_string(i));
  const auto rest = audit("limit=2&kind=artifact_published");
  const json::object query{{"limit", 2}, {"kind", "artifact_published"}};
  const auto rpc = node.rpc("GetAudit", query, ledger.admin);
  BOOST_CHECK(rpc.at("/result") == rest.document);
  BOOST_TEST(rpc.text("/cursor") == rest.header("Signalbox-Cursor"));
  const auto positional =
      node.rpc("GetAudit", json::array{query}, ledger.admin);
  BOOST_CHECK(positional.at("/result") == rest.document);
  const auto link = rest.header("Link");
  const auto next = node.get(link.substr(1, link.find('>') - 1), ledger.admin);
  BOOST_TEST(next.document.as_array().size() == 1u);
  BOOST_CHECK(
      node.rpc("GetAuditRecord", json::object{{"index", 3}}, ledger.admin)
          .at("/result") == node.get("audit/3", ledger.admin).document);
  BOOST_TEST(
      node.rpc("GetAudit", json::object{{"format", "jsonl"}}, ledger.admin)
          .has("/error"));
}

BOOST_AUTO_TEST_CASE(the_audit_is_exported_as_json_lines_fr13) {
  for (int i = 0; i < 3; ++i)
    publish(std::to_string(i));
  const auto token = ledger.data() / "admin.token";
  const auto file = ledger.place() / "audit.jsonl";
  const std::vector<std::string> words{
      "audit",        "--url",    node.url,      "--token-file",
      token.string(), "--export", file.string(), "--json"};
  const auto done = ledger.signalbox(words);
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto text = read_text(file);
  const auto lines = std::count(text.begin(), text.end(), '\n');
  BOOST_TEST(json::parse(done.out).at("records").as_int64() == lines);
  std::int64_t index = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    BOOST_TEST(json::parse(text.substr(at, end - at)).at("index").as_int64() ==
               index++);
    at = end + 1;
  }
  BOOST_TEST(audit("limit=1").at("/0/index").as_int64() == index - 1);
  BOOST_TEST(ledger.signalbox(words).status != 0); // it overwrites nothing
  const auto listed = ledger.signalbox({"audit", "--url", node.url, "--kind",
                                        "artifact_published", "--limit", "2"});
  BOOST_TEST(listed.status == 0);
  BOOST_TEST(listed.out.find("current") != std::string::npos);
  BOOST_TEST(listed.err.find("--cursor") != std::string::npos);
  const auto shown = ledger.signalbox({"audit", "show", "0", "--url", node.url,
                                       "--token-file", token.string()});
  BOOST_TEST(shown.out.find("ledger_created") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
