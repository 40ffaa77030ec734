#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "api/operation.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A request and who may make it, beside the administrator.
struct guarded {
  std::string operation;
  std::string method;
  std::string path;
  std::vector<std::string> allowed;
};

const std::vector<std::string> everyone{"reader", "publisher", "operator",
                                        "auditor"};

const std::vector<guarded> matrix{
    {"ListClients", "GET", "clients", everyone},
    {"GetClient", "GET", "clients/codex", everyone},
    {"GetSchema", "GET", "clients/codex/schemas/1.0.0", everyone},
    {"ListProfiles", "GET", "clients/codex/profiles", everyone},
    {"GetConfig", "GET", config_path("codex"), everyone},
    {"DiffConfig", "GET", diff_path("codex", "sha256:" + std::string(64, 'a')),
     everyone},
    {"GetKeyset", "GET", "keysets/current", everyone},
    {"ListTemplates", "GET", "templates", everyone},
    {"GetTemplate", "GET", "clients/codex/templates/t", everyone},
    {"PutTemplate", "PUT", "clients/codex/templates/t", {"publisher"}},
    {"ActivateFold", "POST", "fold", {}},
    {"ListPolicySets", "GET", "policies", everyone},
    {"GetPolicySet", "GET", "policies/baseline", everyone},
    {"PutPolicySet", "POST", "policies", {"operator"}},
    {"BindPolicySet",
     "PUT",
     "clients/codex/profiles/default/policy",
     {"operator"}},
    {"PollChanges", "GET", "changes", everyone},
    // A token that is none: the stream itself would not end.
    {"SubscribeConfigUpdates", "GET", "subscribe?since_token=x", everyone},
    {"GetAudit", "GET", "audit", everyone},
    {"GetAuditRecord", "GET", "audit/0", everyone},
    {"GetDeployments", "GET", "deployments", everyone},
    {"ReportClientState", "POST", "clients/codex/profiles/default/reports",
     everyone},
    {"GetCommand", "GET", "commands/" + std::string(32, 'a'), {"publisher"}},
    {"ValidateDraft",
     "POST",
     "clients/codex/profiles/default/validate",
     {"publisher"}},
    {"Publish",
     "POST",
     "clients/codex/profiles/default/publish",
     {"publisher"}},
    {"PutFamily", "PUT", "clients/codex", {"operator"}},
    {"PutProfile", "PUT", "clients/codex/profiles/other", {"operator"}},
    {"Reseal", "POST", "clients/codex/profiles/default/reseal", {"operator"}},
    {"Revert", "POST", "clients/codex/profiles/default/revert", {"operator"}},
    {"ListTokens", "GET", "tokens", {}},
    {"IssueToken", "POST", "tokens", {}},
    {"RevokeToken", "DELETE", "tokens/" + std::string(32, 'a'), {}},
    {"ListNodes", "GET", "nodes", {}},
    {"PutNode", "PUT", "nodes/" + std::string(32, 'a'), {}},
    {"PutKeyset", "POST", "keysets", {}},
};

bool is_read(const guarded& x) {
  return x.allowed == everyone;
}

/// Whether the caller got past the guard: what comes then (400, 404) is the
/// operation's own word.
bool admitted(const answer& x) {
  return x.status != 401 && x.status != 403;
}

/// The matrix over both surfaces for one caller.
void check(const node_process& node, const std::string& token,
           const std::string& role, bool private_reads) {
  for (auto& x : matrix) {
    BOOST_TEST_CONTEXT(x.operation << " as " << role) {
      const bool named =
          std::count(x.allowed.begin(), x.allowed.end(), role) > 0;
      const bool may =
          role == "administrator" || named || (is_read(x) && !private_reads);
      const auto rest =
          node.ask(x.method, x.path, token,
                   x.method == "POST" || x.method == "PUT" ? "{}" : "");
      BOOST_TEST(admitted(rest) == may, rest.body);
      if (!may) {
        BOOST_TEST(rest.status == (role == "nobody" ? 401u : 403u));
        BOOST_TEST(rest.code() ==
                   (role == "nobody" ? "unauthenticated" : "forbidden"));
      }
      const auto rpc = node.rpc(x.operation, json::object{}, token);
      const auto refused = rpc.has("/error") &&
                           (rpc.text("/error/data/code") == "unauthenticated" ||
                            rpc.text("/error/data/code") == "forbidden");
      BOOST_TEST(refused == !may, rpc.body);
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_control)

BOOST_AUTO_TEST_CASE(the_matrix_has_every_operation_there_is_nfr7) {
  for (auto& x : all_operations())
    BOOST_TEST(std::count_if(matrix.begin(), matrix.end(),
                             [&](auto& y) { return y.operation == x.name; }) ==
                   1,
               x.name);
  BOOST_TEST(all_operations().size() == matrix.size());
}

BOOST_AUTO_TEST_CASE(each_role_may_do_its_operations_and_no_others_nfr7) {
  const node_fixture x;
  check(x.node, "", "nobody", false);
  check(x.node, x.ledger.admin, "administrator", false);
  for (auto& role : everyone)
    check(x.node, x.node.issue({role}), role, false);
}

BOOST_AUTO_TEST_CASE(reads_can_be_private_nfr7) {
  const test_ledger ledger;
  const node_process node{ledger, {"--private-reads"}};
  const auto made =
      node.publish("codex", "default", sample("codex", "no-servers"));
  BOOST_REQUIRE_EQUAL(made.status, 201u);
  check(node, "", "nobody", true);
  check(node, ledger.admin, "administrator", true);
  for (auto& role : everyone)
    check(node, node.issue({role}), role, true);
  // Twice: cold and prepared, with and without a tag.
  const auto reader = node.issue({"reader"});
  const auto tag = "If-None-Match: " + made.header("ETag") + "\r\n";
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(node.get(config_path("codex"), reader).status == 200u);
    BOOST_TEST(node.get(config_path("codex"), reader, tag).status == 304u);
    BOOST_TEST(node.get(config_path("codex")).status == 401u);
    BOOST_TEST(node.get(config_path("codex"), {}, tag).status == 401u);
    BOOST_TEST(node.get(config_path("codex"), reader + "x").status == 401u);
  }
  BOOST_TEST(node.get("/healthz").status == 200u);
}

BOOST_AUTO_TEST_CASE(private_reads_close_metrics_and_reasons_too_nfr7) {
  const test_ledger ledger;
  const node_process node{ledger, {"--private-reads"}};
  const auto body = [&](const std::string& path, const std::string& token) {
    return node.get(path, token).body;
  };
  BOOST_TEST(node.get("/metrics").status == 401u);
  BOOST_TEST(body("/metrics", "").find("signalbox_") == std::string::npos);
  BOOST_TEST(node.get("/metrics", ledger.admin + "x").status == 401u);
  for (auto* role : {"reader", "auditor"}) {
    const auto token = node.issue({role});
    BOOST_TEST(body("/metrics", token).find("signalbox_ready_write 1\n") !=
               std::string::npos);
    BOOST_TEST(body("/readyz/read", token).find("view of entry") !=
               std::string::npos);
  }
  BOOST_TEST(node.get("/readyz/read").status == 200u);
  BOOST_TEST(body("/readyz/read", "") == "ready\n");
  BOOST_TEST(node.get("/readyz/write").status == 200u);
  BOOST_TEST(body("/healthz", "") == "ok\n");
}

BOOST_AUTO_TEST_CASE(a_stranger_learns_that_writes_stop_and_not_why_nfr7) {
  const test_ledger ledger;
  const auto away = ledger.place() / "away";
  std::filesystem::rename(ledger.data() / "keys", away);
  std::filesystem::create_directory(ledger.data() / "keys");
  const node_process node{ledger, {"--private-reads"}};
  const auto told = node.get("/readyz/write");
  BOOST_TEST(told.status == 503u);
  BOOST_TEST(told.body == "not ready\n");
  BOOST_TEST(node.get("/readyz/write", ledger.admin).body.find("keys rotate") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(tokens_that_are_wrong_expired_or_odd_are_refused_nfr7) {
  const node_fixture x;
  const auto token = x.node.issue({"publisher"});
  auto other = token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (auto& wrong :
       {other, token.substr(0, token.size() - 1), std::string{"sbx_"},
        token.substr(0, token.rfind('_')), std::string(4000, 'x')}) {
    BOOST_TEST(x.node.get("clients", wrong).status == 401u, wrong);
    BOOST_TEST(x.node.get(config_path("codex"), wrong).status == 401u, wrong);
  }
  BOOST_TEST(
      x.node.get("clients", {}, "Authorization: Basic YTpi\r\n").status ==
      401u);
  BOOST_TEST(
      x.node.get("clients", {}, "Authorization: bearer " + token + "\r\n")
          .status == 200u);
  const auto expired = x.node.post("tokens",
                                   {{"roles", json::array{"publisher"}},
                                    {"expires_at", "2020-01-01T00:00:00Z"}},
                                   x.ledger.admin);
  BOOST_TEST(expired.status == 400u, expired.body);
  BOOST_TEST(expired.text("/pointer") == "/expires_at");
}

BOOST_AUTO_TEST_CASE(a_retried_issue_hands_out_no_second_token) {
  const node_fixture x;
  const json::object body{{"roles", json::array{"reader"}}};
  const std::string key = "Idempotency-Key: issue-1\r\n";
  const auto first = x.node.post("tokens", body, x.ledger.admin, key);
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  const auto again = x.node.post("tokens", body, x.ledger.admin, key);
  BOOST_TEST(again.status >= 400u, again.body);
  BOOST_TEST(!again.has("/token"));
  BOOST_TEST(x.node.get("tokens", x.ledger.admin).document.as_array().size() ==
             2u);
}

BOOST_AUTO_TEST_SUITE_END()
