#include "policy/draft.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(draft_)

BOOST_AUTO_TEST_CASE(a_good_draft_gives_all_that_an_artifact_needs_fr6) {
  test::seed codex{"codex"};
  auto x = codex.check(R"({ "mcp_servers": {"wiki": {
    "url": "https://wiki.example.com/mcp",
    "bearer_token_env_var": "WIKI_TOKEN"}}})");
  BOOST_TEST(x.findings.empty(), test::describe(x.findings));
  BOOST_TEST(x.canonical_payload ==
             R"({"mcp_servers":{"wiki":{"bearer_token_env_var":"WIKI_TOKEN",)"
             R"("url":"https://wiki.example.com/mcp"}}})");
  BOOST_REQUIRE(x.inputs.size() == 1u);
  BOOST_TEST(x.inputs[0] == "WIKI_TOKEN");
  BOOST_REQUIRE(x.rendered.has_value());
  BOOST_TEST(x.rendered->media_type == "application/toml");
  BOOST_TEST(x.rendered->text == "[mcp_servers.wiki]\n"
                                 "bearer_token_env_var = \"WIKI_TOKEN\"\n"
                                 "url = \"https://wiki.example.com/mcp\"\n");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_strict_json_is_one_finding_fr8) {
  test::seed vscode{"vscode"};
  for (auto text : {"", "{", R"({"servers":{},"servers":{}})", "{} x",
                    "{\"servers\":{}} // note", "NaN"}) {
    auto x = vscode.check(text);
    BOOST_REQUIRE_MESSAGE(x.findings.size() == 1u, text);
    BOOST_TEST(x.findings[0].rule == "json");
    BOOST_TEST(x.canonical_payload.empty());
  }
  BOOST_TEST(vscode.check(std::string(300000, ' ')).findings[0].rule == "json");
}

BOOST_AUTO_TEST_CASE(all_problems_are_found_in_one_pass_in_order_fr8) {
  test::seed vscode{"vscode"};
  auto x = vscode.check(R"({"servers":{"a":{"command":"npx","args":["pkg"],
    "env":{"API_KEY":"hunter2","B":"${input:b}"},"disabled":true}}})");
  std::string rules;
  for (auto& one : x.findings)
    rules += one.rule + " ";
  BOOST_TEST(rules == "schema input literal-secret unpinned-package ");
  BOOST_TEST(!x.rendered.has_value());
}

BOOST_AUTO_TEST_CASE(the_schema_must_be_one_of_the_family) {
  test::seed vscode{"vscode"};
  auto x = check_draft(vscode.client, vscode.schema, "vscode/9.0.0",
                       test::baseline(), R"({"servers":{}})");
  BOOST_TEST(test::has(x.findings, "schema-ref", ""));
}

BOOST_AUTO_TEST_CASE(no_finding_repeats_a_secret_nfr5) {
  auto token = test::glue({"gh", "p_", test::noise(36, test::base62)});
  for (auto id : {"vscode", "codex", "claude-code"})
    for (auto& text :
         {"{\"" + token + "\":1}", "{\"" + token + "\":1,\"" + token + "\":2}",
          "{\"servers\":{\"" + token + "\":{\"x\":\"" + token + "\"}}}",
          "{\"mcp_servers\":{\"" + token + "\":{\"command\":\"" + token +
              "\"}}}",
          "{\"mcpServers\":{\"a\":{\"command\":\"" + token + "\",\"env\":{\"" +
              token + "\":3}}}}",
          "\"" + token + "\"", "{\"a\":" + token + "}"}) {
      auto x = test::seed{id}.check(text);
      BOOST_TEST(has_errors(x.findings));
      validation_report report{id,         "default", "x/1.0.0",
                               "baseline", "1.0.0",   x.findings};
      BOOST_TEST(to_canonical(to_json(report)).find(token) == std::string::npos,
                 test::describe(x.findings));
    }
}

BOOST_AUTO_TEST_CASE(a_report_separates_errors_from_warnings_fr8) {
  validation_report x{"vscode",   "prod",  "vscode/1.0.0",
                      "baseline", "1.0.0", {}};
  BOOST_TEST(to_json(x).at("valid").as_bool());
  x.findings = {{"r", "/a", severity::warning, "m"}};
  BOOST_TEST(to_canonical(to_json(x)) ==
             R"({"changes":[],"client_id":"vscode","errors":[],)"
             R"("policy_set_id":"baseline",)"
             R"("policy_version":"1.0.0","profile":"prod",)"
             R"("schema_ref":"vscode/1.0.0","valid":true,)"
             R"("warnings":[{"message":"m","pointer":"/a","rule":"r",)"
             R"("severity":"warning"}]})");
  x.findings.push_back({"s", "", severity::error, "n"});
  BOOST_TEST(!to_json(x).at("valid").as_bool());
  BOOST_TEST(to_json(x).at("errors").as_array().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
