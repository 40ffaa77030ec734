#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

namespace fs = std::filesystem;

const std::string reports_path = "clients/claude-code/profiles/default/reports";

struct reporting : node_fixture {
  std::string publish(const std::string& word) const {
    const auto made = node.publish("claude-code", "default", small_draft(word));
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    return made.text("/artifact_id");
  }

  static json::object body(const std::string& who, const std::string& artifact,
                           const std::string& result = "applied") {
    return {{"client_fingerprint", who},
            {"artifact_id", artifact},
            {"result", result}};
  }

  answer report(const std::string& who, const std::string& artifact,
                const std::string& result = "applied") const {
    return node.post(reports_path, body(who, artifact, result), {});
  }

  std::int64_t counted() const {
    return node.get("deployments").at("/clients").as_int64();
  }

  /// Whether the text lies anywhere in the data directory or in the logs.
  bool is_found(const std::string& text) const {
    for (auto& x : fs::recursive_directory_iterator{ledger.place()})
      if (x.is_regular_file() &&
          read_text(x.path()).find(text) != std::string::npos)
        return true;
    return false;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reports, reporting)

BOOST_AUTO_TEST_CASE(clients_report_and_are_counted_fr14_fr15) {
  const auto first = publish("a");
  const auto second = publish("b");
  const auto receipt = report("host-1", first);
  BOOST_REQUIRE_MESSAGE(receipt.status == 200u, receipt.body);
  BOOST_TEST(receipt.text("/status") == "accepted");
  BOOST_TEST(report("host-1", first).text("/status") == "repeated");
  report("host-2", first);
  report("host-2", second, "failed");
  report("host-3", second);
  const auto counts = node.get("deployments");
  BOOST_REQUIRE_MESSAGE(counts.status == 200u, counts.body);
  BOOST_TEST(counts.at("/clients") == 3);
  BOOST_TEST(counts.at("/complete") == true);
  std::map<std::string, std::int64_t> rows;
  for (auto& x : counts.at("/deployments").as_array()) {
    BOOST_TEST(x.at("client_id") == "claude-code");
    rows[std::string{x.at("version").as_string()} + ' ' +
         std::string{x.at("result").as_string()}] = x.at("clients").as_int64();
  }
  const std::map<std::string, std::int64_t> wanted{
      {"1.0.0 applied", 1}, {"1.0.1 applied", 1}, {"1.0.1 failed", 1}};
  BOOST_TEST((rows == wanted));
  BOOST_TEST(node.get("deployments?profile=prod").at("/clients") == 0);
  BOOST_TEST(node.get("deployments?window=0").text("/pointer") == "/window");
  const auto metrics = node.get("/metrics").body;
  BOOST_TEST(metrics.find("signalbox_reporting_clients 3") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(reports_answer_the_same_over_json_rpc_fr14) {
  const auto artifact = publish("a");
  const auto made = node.rpc(
      "ReportClientState",
      json::array{"host-1", "claude-code", "default", artifact, "applied"});
  BOOST_REQUIRE_MESSAGE(made.has("/result/status"), made.body);
  BOOST_TEST(report("host-1", artifact).text("/status") == "repeated");
  BOOST_TEST(node.rpc("GetDeployments", json::object{}).at("/result/clients") ==
             1);
}

BOOST_AUTO_TEST_CASE(bad_reports_are_refused_precisely_fr14) {
  const auto artifact = publish("a");
  const auto refused = [&](json::object x) {
    return node.post(reports_path, x, {});
  };
  BOOST_TEST(report("a b", artifact).text("/pointer") == "/client_fingerprint");
  BOOST_TEST(report(std::string(257, 'x'), artifact).status == 400u);
  BOOST_TEST(report("x", artifact, "great").text("/pointer") == "/result");
  BOOST_TEST(report("x", "sha256:" + std::string(64, '0')).status == 404u);
  BOOST_TEST(node.post("clients/nobody/profiles/default/reports",
                       body("x", artifact), {})
                 .status == 404u);
  auto x = body("x", artifact);
  x["applied_at"] = "1999-01-01T00:00:00Z";
  BOOST_TEST(refused(x).text("/pointer") == "/applied_at");
  x = body("x", artifact);
  x["detail"] = "token ghp_0123456789abcdefghijklmnopqrstuvwxyz";
  const auto secret = refused(x);
  BOOST_TEST(secret.status == 422u);
  BOOST_TEST(secret.text("/pointer") == "/detail");
  BOOST_TEST(secret.body.find("ghp_") == std::string::npos);
  x["detail"] = "ask jane.doe@example.com";
  BOOST_TEST(refused(x).status == 422u);
  x["detail"] = std::string(513, 'x');
  BOOST_TEST(refused(x).status == 413u);
  BOOST_TEST(counted() == 0);
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_nowhere_to_be_found_nfr8) {
  const auto artifact = publish("a");
  const std::string who = "finger-of-jane-doe-4711";
  BOOST_REQUIRE_EQUAL(report(who, artifact).status, 200u);
  BOOST_TEST(report(who, artifact, "nonsense").status == 400u);
  BOOST_TEST(node.get("/metrics").body.find(who) == std::string::npos);
  BOOST_TEST(node.get("deployments").body.find(who) == std::string::npos);
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  BOOST_TEST(!is_found(who));
  BOOST_TEST(is_found("claude-code")); // the search does find what is there
}

BOOST_AUTO_TEST_CASE(a_kill_loses_no_report_that_was_acknowledged_fr15) {
  const auto artifact = publish("a");
  for (int i = 0; i < 20; ++i)
    BOOST_REQUIRE_EQUAL(report("host-" + std::to_string(i), artifact).status,
                        200u);
  node.kill();
  node.restart();
  BOOST_TEST(counted() == 20);
  BOOST_TEST(report("host-3", artifact).text("/status") == "repeated");
}

BOOST_AUTO_TEST_CASE(a_draft_that_is_refused_is_in_the_audit_fr13_ac3) {
  const auto publisher = node.issue({"publisher"});
  const auto other = node.issue({"publisher"});
  const auto refused = node.publish(
      "claude-code", "default",
      json::object{
          {"mcpServers", json::object{{"x", json::object{{"command", 7}}}}}},
      {}, {}, publisher);
  BOOST_REQUIRE_EQUAL(refused.status, 422u);
  BOOST_TEST(node.rpc("ListClients", {}, "sbx_none").status == 401u);
  BOOST_TEST(node.get("tokens", publisher).status == 403u);
  BOOST_TEST(node.ask("DELETE", "tokens/" + std::string(32, '0')).status ==
             401u);
  // All lie in a stream that is written behind the answer.
  const auto records = [&](const std::string& query, const std::string& token) {
    return node.get("audit?" + query, token);
  };
  answer seen;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{30};
  do {
    seen = records("kind=draft_refused,access_denied", ledger.admin);
  } while (seen.document.as_array().size() < 4 &&
           std::chrono::steady_clock::now() < deadline);
  BOOST_REQUIRE_EQUAL(seen.document.as_array().size(), 4u);
  BOOST_TEST(seen.text("/0/operation") == "RevokeToken"); // without a token
  BOOST_TEST(seen.text("/0/reason") == "unauthenticated");
  BOOST_TEST(seen.text("/1/kind") == "access_denied");
  BOOST_TEST(seen.text("/1/operation") == "ListTokens");
  BOOST_TEST(seen.text("/1/status") == "denied");
  BOOST_TEST(seen.text("/2/operation") == "rpc"); // refused before it is read
  BOOST_TEST(seen.text("/3/status") == "refused");
  BOOST_TEST(seen.text("/3/profile") == "default");
  BOOST_TEST(seen.has("/3/findings/0/rule"));
  const auto whole = node.get(seen.text("/3/audit_log_uri"), ledger.admin);
  BOOST_CHECK(whole.document == seen.at("/3"));
  // Its publisher sees it, another one does not.
  BOOST_TEST(
      records("kind=draft_refused", publisher).document.as_array().size() ==
      1u);
  BOOST_TEST(records("kind=draft_refused", other).document.as_array().empty());
  BOOST_TEST(node.get(seen.text("/3/audit_log_uri"), other).status == 404u);
  // All together they go by time, whatever the pages.
  std::size_t count = 0;
  std::string cursor, last = "9999";
  do {
    const auto page = records(
        "limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor), ledger.admin);
    for (auto& x : page.document.as_array()) {
      const std::string time{x.at("log_time").as_string()};
      BOOST_TEST((time <= last));
      last = time;
      count += x.as_object().contains("activity_index") ? 1 : 0;
    }
    cursor = page.header("Signalbox-Cursor");
  } while (!cursor.empty());
  BOOST_TEST(count == 4u);
}

BOOST_AUTO_TEST_CASE(the_command_line_reports_and_counts_fr14_fr15) {
  const auto artifact = publish("a");
  const auto done =
      ledger.signalbox({"report", "claude-code", "default", "--url", node.url,
                        "--fingerprint", "host-1", "--artifact", artifact});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  BOOST_TEST(done.out == "accepted\n");
  const auto counts = ledger.signalbox({"deployments", "--url", node.url});
  BOOST_TEST(counts.out.find("1.0.0") != std::string::npos);
  BOOST_TEST(ledger
                 .signalbox({"report", "claude-code", "default", "--url",
                             node.url, "--fingerprint", "x", "--artifact",
                             artifact, "--result", "great"})
                 .status == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(report_retention)

BOOST_AUTO_TEST_CASE(old_reports_are_dropped_and_forgotten_nfr8) {
  test_ledger ledger;
  node_process node{ledger, {"--reports-keep", "5s", "--report-window", "5s"}};
  const auto made = node.publish("claude-code", "default", small_draft("a"));
  BOOST_REQUIRE_EQUAL(made.status, 201u);
  const json::object body{{"client_fingerprint", "host-1"},
                          {"artifact_id", made.text("/artifact_id")},
                          {"result", "applied"}};
  BOOST_REQUIRE_EQUAL(node.post(reports_path, body, {}).status, 200u);
  BOOST_TEST(node.get("deployments").at("/clients") == 1);
  const auto is_gone = [&] {
    const auto shown = node.get("/metrics").body;
    return shown.find("signalbox_reports_kept 0") != std::string::npos &&
           shown.find("signalbox_reporting_clients 0") != std::string::npos &&
           node.get("deployments").at("/clients") == 0;
  };
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!is_gone() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  BOOST_TEST(is_gone());
}

BOOST_AUTO_TEST_CASE(a_privacy_floor_hides_small_counts_nfr8) {
  test_ledger ledger;
  node_process node{ledger, {"--privacy-floor", "3"}};
  const auto made = node.publish("claude-code", "default", small_draft("a"));
  const auto report = [&](const std::string& who) {
    return node
        .post(reports_path,
              json::object{{"client_fingerprint", who},
                           {"artifact_id", made.text("/artifact_id")},
                           {"result", "applied"}},
              {})
        .status;
  };
  BOOST_TEST(report("a") == 200u);
  BOOST_TEST(report("b") == 200u);
  auto shown = node.get("deployments");
  BOOST_TEST(shown.at("/deployments/0/fewer_than") == 3);
  BOOST_TEST(!shown.has("/deployments/0/clients"));
  BOOST_TEST(shown.at("/clients") == 0);
  BOOST_TEST(node.get("deployments?window=60").status == 400u);
  BOOST_TEST(report("c") == 200u);
  BOOST_TEST(report("d") == 200u);
  shown = node.get("deployments");
  BOOST_TEST(shown.at("/deployments/0/clients") == 3);
  BOOST_TEST(shown.at("/clients") == 3);
  // The metrics, which everybody may read, tell no more.
  BOOST_TEST(
      node.get("/metrics").body.find("signalbox_reporting_clients 3\n") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(under_a_floor_no_answer_tells_a_repetition_nfr8) {
  for (const std::string floor : {"3", "0"}) {
    test_ledger ledger;
    node_process node{ledger, {"--privacy-floor", floor}};
    const auto made = node.publish("claude-code", "default", small_draft("a"));
    const auto body = reporting::body("host-1", made.text("/artifact_id"));
    BOOST_TEST(node.post(reports_path, body, {}).text("/status") == "accepted");
    const auto second = node.post(reports_path, body, {}).text("/status");
    BOOST_TEST(second == (floor == "3" ? "accepted" : "repeated"));
  }
}

BOOST_AUTO_TEST_CASE(a_window_above_what_is_kept_is_refused_at_the_start) {
  test_ledger ledger;
  const auto wrong =
      ledger.signalbox({"serve", "--data", ledger.data().string(),
                        "--reports-keep", "1d", "--report-window", "2d"});
  BOOST_TEST(wrong.status == 2);
  BOOST_TEST(wrong.err.find("--report-window") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
