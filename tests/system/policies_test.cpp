#include <future>

#include <boost/test/unit_test.hpp>

#include "tests/system/metric.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A rule that strips the server `files`, in prod only.
json::object strip_files() {
  return {{"id", "strip-files"},
          {"select", {{"environments", json::array{"prod"}}}},
          {"action", "deny-servers"},
          {"names", json::array{"files"}},
          {"severity", "changed"},
          {"message", "Servers with access to files are taken out."}};
}

/// A rule that refuses the server `docs`.
json::object refuse_docs() {
  return {{"id", "refuse-docs"},
          {"action", "deny-servers"},
          {"names", json::array{"docs"}},
          {"severity", "error"},
          {"message", "This server was withdrawn."}};
}

json::object set_of(const std::string& version, json::array rules,
                    const std::string& id = "tight") {
  return {{"policy_set_id", id},
          {"version", version},
          {"description", "For a test"},
          {"rules", std::move(rules)}};
}

json::value two_servers(const std::string& word = "a") {
  return {
      {"mcpServers",
       {{"files", {{"command", "files-mcp"}}},
        {"notes", {{"command", "notes-mcp"}, {"args", json::array{word}}}}}}};
}

struct policy_bench : node_fixture {
  answer put_set(const json::value& document, json::object more = {}) const {
    more["document"] = document;
    return node.post("policies", more, ledger.admin);
  }
  void put(const json::value& document) const {
    const auto made = put_set(document);
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  }
  answer bind(const std::string& profile, json::object body,
              const std::string& client = "claude-code") const {
    body.emplace("policy_set_id", "tight");
    return node.ask("PUT",
                    "clients/" + client + "/profiles/" + profile + "/policy",
                    ledger.admin, json::serialize(body));
  }
  answer publish(const std::string& profile, const json::value& draft) const {
    return node.publish("claude-code", profile, draft);
  }
  answer validate(const std::string& profile, const json::value& draft) const {
    return node.post("clients/claude-code/profiles/" + profile + "/validate",
                     json::object{{"draft_payload", draft}}, ledger.admin);
  }
  answer current(const std::string& profile) const {
    return node.get(config_path("claude-code", profile));
  }
  /// Profiles under the set `tight` in a version.
  json::array bound_to(std::string_view version) const {
    const auto sets = node.get("policies");
    for (auto& x : sets.document.as_array())
      if (x.at("policy_set_id") == "tight" &&
          x.at("version").as_string() == version)
        return x.at("bound_to").as_array();
    return {};
  }
  std::uint64_t accepted() const {
    return metric(node, "signalbox_entries_accepted_total");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(policies, policy_bench)

BOOST_AUTO_TEST_CASE(publishing_enforces_the_bound_policy_ac3_fr7) {
  put(set_of("1.0.0", {refuse_docs()}));
  BOOST_REQUIRE_EQUAL(bind("default", {}).status, 200u);
  const auto refused = publish("default", small_draft("a"));
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/report/errors/0/rule") == "refuse-docs");
  BOOST_TEST(refused.text("/report/errors/0/pointer") == "/mcpServers/docs");
  BOOST_TEST(refused.text("/report/policy_set_id") == "tight");
  BOOST_TEST(current("default").status == 404u);
  const auto good = publish("default", two_servers());
  BOOST_REQUIRE_MESSAGE(good.status == 201u, good.body);
  BOOST_TEST(good.text("/policy_set_id") == "tight");
  BOOST_TEST(good.text("/policy_version") == "1.0.0");
  // The other profile is still under the baseline.
  BOOST_TEST(publish("prod", small_draft("a")).status == 201u);
}

BOOST_AUTO_TEST_CASE(a_tightened_policy_strips_a_server_in_prod_only_uc4) {
  const auto before = publish("prod", two_servers());
  BOOST_REQUIRE_MESSAGE(before.status == 201u, before.body);
  put(set_of("1.0.0", {strip_files()}));
  for (auto* profile : {"default", "prod"})
    BOOST_REQUIRE_EQUAL(bind(profile, {}).status, 200u);
  const auto report = validate("prod", two_servers());
  BOOST_TEST(report.at("/valid") == true);
  BOOST_TEST(report.text("/changes/0/rule") == "strip-files");
  BOOST_TEST(report.text("/changes/0/pointer") == "/mcpServers/files");
  BOOST_TEST(report.text("/changes/0/action") == "stripped");
  BOOST_TEST(report.body.find("files-mcp") == std::string::npos);
  const auto prod = publish("prod", two_servers());
  BOOST_REQUIRE_MESSAGE(prod.status == 201u, prod.body);
  BOOST_TEST(!prod.has("/payload/mcpServers/files"));
  BOOST_CHECK(prod.at("/payload/mcpServers/notes") ==
              two_servers().at_pointer("/mcpServers/notes"));
  BOOST_TEST(prod.at("/validation/change_count") == 1);
  BOOST_TEST(prod.text("/validation/changes/0/pointer") == "/mcpServers/files");
  BOOST_TEST(prod.text("/artifact_id") != before.text("/artifact_id"));
  BOOST_TEST(current("prod").body == prod.body);
  const auto other = publish("default", two_servers());
  BOOST_CHECK(other.at("/payload") == two_servers());
  BOOST_TEST(!other.has("/validation/changes"));
  // The id is that of what was sealed: the stripped draft is the same one.
  const auto same = publish("prod", prod.at("/payload"));
  BOOST_TEST(same.status == 200u, same.body);
  BOOST_TEST(same.text("/artifact_id") == prod.text("/artifact_id"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_tells_what_the_binding_then_does_fr7) {
  BOOST_REQUIRE_EQUAL(publish("default", small_draft("a")).status, 201u);
  BOOST_REQUIRE_EQUAL(publish("prod", two_servers()).status, 201u);
  put(set_of("1.0.0", {refuse_docs(), strip_files()}));
  const auto entries = accepted();
  const auto told = bind("*", {{"dry_run", true}}, "*");
  BOOST_REQUIRE_MESSAGE(told.status == 200u, told.body);
  BOOST_TEST(accepted() == entries);
  const auto& channels = told.at("/channels").as_array();
  BOOST_REQUIRE_EQUAL(channels.size(), 2u);
  BOOST_TEST(told.text("/channels/0/profile") == "default");
  BOOST_TEST(told.text("/channels/0/verdict") == "refuse");
  BOOST_TEST(told.text("/channels/1/profile") == "prod");
  BOOST_TEST(told.text("/channels/1/verdict") == "change");
  for (auto* profile : {"default", "prod"}) {
    const json::value payload = current(profile).at("/payload");
    BOOST_REQUIRE_EQUAL(bind(profile, {}).status, 200u);
    const auto& report =
        told.at(profile == std::string{"prod"} ? "/channels/1/report"
                                               : "/channels/0/report");
    BOOST_CHECK(validate(profile, payload).document == report);
  }
  // What is current stays until somebody publishes.
  BOOST_TEST(current("prod").has("/payload/mcpServers/files"));
  BOOST_TEST(bind("nowhere", {{"dry_run", true}}).status == 404u);
}

BOOST_AUTO_TEST_CASE(one_call_binds_every_profile_that_is_meant_fr7) {
  put(set_of("1.0.0", {refuse_docs()}));
  const auto entries = accepted();
  const auto all = bind("prod", {}, "*");
  BOOST_REQUIRE_MESSAGE(all.status == 200u, all.body);
  const auto count = node.get("clients").document.as_array().size();
  const auto& told = all.at("/profiles").as_array();
  BOOST_TEST(told.size() == count);
  BOOST_TEST(accepted() == entries + count);
  json::array names;
  for (auto& one : told) {
    BOOST_TEST(one.at("status") == "bound");
    BOOST_TEST(one.at("version") == "1.0.0");
    names.emplace_back(std::string{one.at("client_id").as_string()} + "/prod");
  }
  BOOST_CHECK(bound_to("1.0.0") == names);
  BOOST_TEST(publish("prod", small_draft("a")).status == 422u);
  BOOST_TEST(publish("default", small_draft("a")).status == 201u);
  // What is bound already is not written again.
  BOOST_TEST(bind("*", {}, "claude-code").at("/profiles").as_array().size() ==
             2u);
  BOOST_TEST(accepted() == entries + count + 2); // and that release
  BOOST_TEST(bind("nowhere", {}, "*").status == 404u);
  BOOST_TEST(bind("*", {}, "nobody").status == 404u);
}

BOOST_AUTO_TEST_CASE(a_retried_binding_tells_what_the_first_try_bound_fr7) {
  put(set_of("1.0.0", {}));
  const json::object key{{"idempotency_key", "bind-1"}};
  const auto one = bind("prod", key);
  const json::object other{{"idempotency_key", "bind-2"}};
  const auto all = bind("default", other, "*");
  BOOST_REQUIRE_MESSAGE(all.status == 200u, all.body);
  put(set_of("2.0.0", {}));
  BOOST_TEST(bind("prod", key).body == one.body);
  BOOST_TEST(one.text("/version") == "1.0.0");
  BOOST_CHECK(bind("default", other, "*").at("/profiles") ==
              all.at("/profiles"));
  BOOST_TEST(bound_to("2.0.0").empty());
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_bind_all_says_which_it_did_fr7) {
  put(set_of("1.0.0", {}));
  for (int i = 0; i < 30; ++i)
    BOOST_REQUIRE_EQUAL(
        node.ask("PUT", "clients/claude-code/profiles/p" + std::to_string(i),
                 ledger.admin, "{}")
            .status,
        201u);
  const auto made =
      node.post("tokens", {{"roles", {"operator"}}}, ledger.admin);
  auto binding = std::async(std::launch::async, [&] {
    return node.ask("PUT", "clients/*/profiles/*/policy", made.text("/token"),
                    R"({"policy_set_id":"tight"})");
  });
  while (bound_to("1.0.0").empty())
    ; // the call is under way
  BOOST_TEST(
      node.ask("DELETE", "tokens/" + made.text("/token_id"), ledger.admin)
          .status == 200u);
  const auto told = binding.get();
  BOOST_TEST_MESSAGE("answered " << told.status);
  // Whether the revocation came in time or not: what is told is what is so.
  BOOST_TEST((told.status == 200u || told.status == 401u), told.body);
  json::array names;
  bool after = false;
  for (auto& one : told.at("/profiles").as_array()) {
    if (one.at("status") == "bound")
      names.emplace_back(std::string{one.at("client_id").as_string()} + '/' +
                         std::string{one.at("profile").as_string()});
    BOOST_TEST(!(after && one.at("status") == "bound"));
    after = one.at("status") != "bound";
  }
  BOOST_TEST(after == (told.status == 401u));
  BOOST_CHECK(bound_to("1.0.0") == names);
  const auto rest = bind("*", {}, "*");
  BOOST_REQUIRE_MESSAGE(rest.status == 200u, rest.body);
  BOOST_TEST(bound_to("1.0.0").size() ==
             told.at("/profiles").as_array().size());
}

BOOST_AUTO_TEST_CASE(a_version_of_a_set_never_changes_fr7) {
  const auto first = set_of("1.0.0", {refuse_docs()});
  put(first);
  const auto entries = accepted();
  BOOST_TEST(put_set(first).status == 200u);
  const auto other = put_set(set_of("1.0.0", {strip_files()}));
  BOOST_TEST(other.status == 409u, other.body);
  BOOST_TEST(other.text("/pointer") == "/document/version");
  BOOST_TEST(accepted() == entries);
  BOOST_CHECK(node.get("policies/tight").document == json::value(first));
  put(set_of("1.1.0", {strip_files()}));
  BOOST_TEST(node.get("policies/tight").text("/version") == "1.1.0");
  BOOST_TEST(node.get("policies/tight?version=1.0.0").text("/rules/0/id") ==
             "refuse-docs");
  // The built-in set is the same set however its text is spaced.
  const auto built_in = node.get("policies/baseline").document;
  BOOST_TEST(put_set(built_in).status == 200u);
}

BOOST_AUTO_TEST_CASE(a_retried_set_is_answered_as_the_first_was_fr7) {
  const json::object more{{"idempotency_key", "the-set"}};
  const auto set = set_of("1.0.0", {refuse_docs()});
  const auto first = put_set(set, more);
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  const auto again = put_set(set, more);
  BOOST_TEST(again.status == 201u);
  BOOST_TEST(again.body == first.body);
  BOOST_TEST(put_set(set_of("1.1.0", {}), more).code() == "key_reused");
}

BOOST_AUTO_TEST_CASE(sets_are_listed_with_what_they_are_bound_to_fr7) {
  put(set_of("1.0.0", {refuse_docs()}));
  BOOST_REQUIRE_EQUAL(bind("prod", {}).status, 200u);
  const auto all = node.get("policies").document.as_array();
  BOOST_REQUIRE_EQUAL(all.size(), 2u);
  BOOST_TEST(all[1].at("policy_set_id") == "tight");
  BOOST_TEST(all[1].at("rule_count") == 1);
  BOOST_CHECK(all[1].at("bound_to") == json::array{"claude-code/prod"});
  const auto rpc = node.rpc("ListPolicySets", json::object{}, ledger.admin);
  BOOST_CHECK(rpc.at("/result") == json::value(all));
  const auto set = node.rpc("GetPolicySet", json::array{"tight", "1.0.0"});
  BOOST_CHECK(set.at("/result") ==
              node.get("policies/tight?version=1.0.0").document);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_set_is_refused_before_it_is_written) {
  const auto entries = accepted();
  const auto refuse = [&](const json::value& document, unsigned status,
                          const std::string& pointer) {
    const auto x = put_set(document);
    BOOST_TEST(x.status == status, x.body);
    BOOST_TEST(x.text("/pointer") == pointer, x.body);
    return x;
  };
  auto rule = refuse_docs();
  rule["action"] = "deny-moons";
  refuse(set_of("1.0.0", {rule}), 400, "/document/rules/0/action");
  refuse(set_of("1", {}), 400, "/document/version");
  refuse(1, 400, "/document");
  auto large = set_of("1.0.0", {});
  large["description"] = std::string(70 * 1024, 'x');
  refuse(large, 413, "/document");
  auto secret = set_of("1.0.0", {refuse_docs()});
  const auto key = "gh" + std::string{"p_0123456789abcdefghijklmnopqrstuvwxyz"};
  secret["description"] = key;
  const auto told = refuse(secret, 422, "/document/description");
  BOOST_TEST(told.body.find(key) == std::string::npos);
  BOOST_TEST(accepted() == entries);
  BOOST_TEST(node.get("policies/none").status == 404u);
  BOOST_TEST(bind("prod", {{"policy_set_id", "none"}}).text("/pointer") ==
             "/policy_set_id");
  put(set_of("1.0.0", {}));
  BOOST_TEST(bind("prod", {{"version", "9.0.0"}}).text("/pointer") ==
             "/version");
  BOOST_TEST(bind("nowhere", {}).status == 404u);
}

BOOST_AUTO_TEST_CASE(the_defaults_of_a_set_hold_no_secret_nfr5) {
  const auto sets = [](const std::string& pointer, const json::value& value) {
    return set_of("1.0.0",
                  {{{"id", "give"},
                    {"action", "set-defaults"},
                    {"severity", "changed"},
                    {"values", {{{"pointer", pointer}, {"value", value}}}},
                    {"message", "Everybody has it."}}});
  };
  const auto entries = accepted();
  const json::value hidden{{"API_TOKEN", "hunter2x"}};
  for (auto& x : {sets("/mcpServers/*/env/API_TOKEN", "hunter2x"),
                  sets("/mcpServers/*/env", hidden)}) {
    const auto told = put_set(x);
    BOOST_TEST(told.status == 422u, told.body);
    BOOST_TEST(told.text("/pointer").starts_with("/document/rules"));
    BOOST_TEST(told.body.find("hunter2x") == std::string::npos);
  }
  BOOST_TEST(accepted() == entries);
  put(sets("/mcpServers/*/env/API_TOKEN", "${API_TOKEN}"));
}

BOOST_AUTO_TEST_CASE(a_set_whose_samples_fail_is_refused_fr7) {
  auto set = set_of("1.0.0", {refuse_docs()});
  json::object sample{{"name", "docs"},
                      {"client_id", "claude-code"},
                      {"payload", small_draft("a")},
                      {"expect", "pass"}};
  set["samples"] = json::array{sample};
  const auto refused = put_set(set);
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/samples/0/problem") == "expected pass, got refuse");
  BOOST_TEST(refused.text("/samples/0/findings/0/rule") == "refuse-docs");
  const auto tried = put_set(set, {{"dry_run", true}});
  BOOST_TEST(tried.status == 200u, tried.body);
  BOOST_TEST(tried.at("/valid") == false);
  BOOST_TEST(node.get("policies/tight").status == 404u);
  set["samples"].as_array()[0].as_object()["expect"] = "refuse";
  put(set);
}

BOOST_AUTO_TEST_CASE(only_operators_put_and_bind_sets_nfr7) {
  const auto publisher = node.issue({"publisher"});
  const json::object body{{"document", set_of("1.0.0", {})}};
  BOOST_TEST(node.post("policies", body, publisher).status == 403u);
  BOOST_TEST(node.post("policies", body, "").status == 401u);
  const auto made = node.post("policies", body, node.issue({"operator"}));
  BOOST_TEST(made.status == 201u, made.body);
  for (auto* dry : {"true", "false"})
    BOOST_TEST(node.ask("PUT", "clients/codex/profiles/prod/policy", publisher,
                        R"({"policy_set_id":"tight","dry_run":)" +
                            std::string{dry} + "}")
                   .status == 403u);
}

BOOST_AUTO_TEST_CASE(a_revert_that_todays_policy_forbids_needs_force_uc3) {
  const auto files = publish("prod", two_servers());
  const auto docs = publish("prod", small_draft("a"));
  BOOST_REQUIRE_EQUAL(publish("prod", small_draft("b")).status, 201u);
  const auto revert = [&](const answer& to, bool force) {
    return node.post("clients/claude-code/profiles/prod/revert",
                     json::object{{"artifact_id", to.text("/artifact_id")},
                                  {"changelog", "Back"},
                                  {"force", force}},
                     ledger.admin);
  };
  put(set_of("1.0.0", {refuse_docs(), strip_files()}));
  BOOST_REQUIRE_EQUAL(bind("prod", {}).status, 200u);
  for (auto* to : {&docs, &files}) {
    const auto refused = revert(*to, false);
    BOOST_TEST(refused.status == 422u, refused.body);
    BOOST_TEST(refused.text("/detail").find(to == &docs ? "refuse-docs"
                                                        : "strip-files") !=
               std::string::npos);
  }
  const auto forced = revert(files, true);
  BOOST_REQUIRE_MESSAGE(forced.status == 200u, forced.body);
  BOOST_TEST(current("prod").has("/payload/mcpServers/files"));
  // What a set would only add is no reason to stay.
  put(set_of("2.0.0", {{{"id", "timeout"},
                        {"action", "set-defaults"},
                        {"severity", "changed"},
                        {"severity", "changed"},
                        {"message", "m"},
                        {"values", json::array{json::object{
                                       {"pointer", "/mcpServers/*/timeout"},
                                       {"value", 30000}}}}}}));
  BOOST_REQUIRE_EQUAL(bind("prod", {}).status, 200u);
  BOOST_TEST(revert(docs, false).status == 200u);
}

BOOST_AUTO_TEST_CASE(a_publish_that_races_a_binding_is_judged_again_fr7) {
  put(set_of("1.0.0", {strip_files()}));
  put(set_of("2.0.0", {}));
  // Whatever the order in the log is, an artifact is what the policy that it
  // names makes of the draft.
  for (int round = 0; round < 8; ++round) {
    auto writes = std::async(std::launch::async, [&] {
      return publish("prod", two_servers(std::to_string(round)));
    });
    const auto version = round % 2 == 0 ? "1.0.0" : "2.0.0";
    const auto bound = bind("prod", {{"version", version}});
    BOOST_REQUIRE_MESSAGE(bound.status == 200u, bound.body);
    const auto made = writes.get();
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    const bool strips = made.text("/policy_set_id") == "tight" &&
                        made.text("/policy_version") == "1.0.0";
    BOOST_TEST(made.has("/payload/mcpServers/files") == !strips, made.body);
    const auto after =
        publish("prod", two_servers("after-" + std::to_string(round)));
    BOOST_TEST(after.text("/policy_version") == version, after.body);
    BOOST_TEST(after.has("/payload/mcpServers/files") ==
               (version == std::string{"2.0.0"}));
  }
}

BOOST_AUTO_TEST_CASE(the_command_line_puts_tests_and_binds_sets_fr7) {
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "policies");
    words.insert(words.end(), {"--url", node.url, "--token-file",
                               (ledger.data() / "admin.token").string()});
    return ledger.signalbox(words);
  };
  const auto sets =
      std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "schemas" / "policies";
  const auto strict = (sets / "examples" / "strict.json").string();
  const auto online = run({"test", strict});
  BOOST_TEST(online.status == 0, online.out + online.err);
  const auto put_it = run({"put", strict});
  BOOST_TEST(put_it.status == 0, put_it.err);
  BOOST_REQUIRE_EQUAL(publish("prod", two_servers()).status, 201u);
  const auto dry = run({"bind", "*", "prod", "strict", "--dry-run"});
  BOOST_TEST(dry.status == 0, dry.err);
  BOOST_TEST(dry.out.find("known-servers") != std::string::npos, dry.out);
  BOOST_TEST(run({"bind", "claude-code", "prod", "strict"}).status == 0);
  const auto all = run({"bind", "*", "prod", "strict"});
  BOOST_TEST(all.out.find("profile zed/prod under policy set strict 1.") !=
                 std::string::npos,
             all.out + all.err);
  BOOST_TEST(publish("prod", two_servers("b")).status == 422u);
  const auto listed = run({"list"});
  BOOST_TEST(listed.out.find("strict") != std::string::npos, listed.out);
  const auto shown = run({"show", "strict"});
  BOOST_TEST(shown.out.find("deny-servers") != std::string::npos, shown.out);
  BOOST_TEST(run({"show", "none"}).status == 3);
  // Offline, without any server.
  const auto baseline = (sets / "baseline.json").string();
  const auto offline =
      ledger.signalbox({"policies", "test", strict, baseline, "--samples",
                        (sets / "samples" / "baseline.json").string()});
  BOOST_TEST(offline.status == 4, offline.out + offline.err);
  BOOST_TEST(
      ledger
          .signalbox({"policies", "test", baseline, "--json", "--samples",
                      (sets / "samples" / "baseline.json").string()})
          .status == 0);
  const auto broken = ledger.place() / "broken.json";
  write_text(broken, R"({"policy_set_id":"p"})");
  BOOST_TEST(ledger.signalbox({"policies", "test", broken}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
