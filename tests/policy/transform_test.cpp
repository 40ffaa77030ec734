#include <boost/test/unit_test.hpp>

#include "tests/policy/rule_checker.hpp"

using namespace signalbox;
using test::rule;
using test::rule_checker;

namespace {

std::string actions(const checked_draft& x) {
  std::string out;
  for (auto& one : x.findings)
    out += std::string{to_string(one.level)} + " " +
           std::string{to_string(one.done)} + " " + one.pointer + "\n";
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transform_)

BOOST_AUTO_TEST_CASE(a_denied_server_is_stripped_and_others_stay_uc4) {
  rule_checker x{rule(R"("action":"deny-servers","names":["files*"],
    "packages":["@evil/*"])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"files-1":{"command":"x"},
    "docs":{"command":"docs"},
    "b":{"command":"npx","args":["@evil/x@1.0.0"]}}})");
  BOOST_TEST(actions(out) == "changed stripped /mcpServers/b\n"
                             "changed stripped /mcpServers/files-1\n");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"docs":{"command":"docs"}}})");
  BOOST_TEST(!has_errors(out.findings));
}

BOOST_AUTO_TEST_CASE(references_to_a_stripped_server_go_with_it_uc4) {
  rule_checker x{rule(R"("action":"deny-servers","names":["files"],
    "references":["/mcpServers/*/args/*","/mcpServers/*/env/*"])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"files":{"command":"x"},
    "docs":{"command":"docs","args":["files","x","files"],
            "env":{"FILES":"files"}}}})");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"docs":{"args":["x"],"command":"docs",)"
             R"("env":{}}}})");
  // What is named like a server that is not there stays.
  auto quiet = x.check(R"({"mcpServers":{"docs":{"command":"docs",
    "args":["files"]}}})");
  BOOST_TEST(quiet.findings.empty());
}

BOOST_AUTO_TEST_CASE(a_denied_tool_is_taken_out_of_a_list_uc4) {
  rule_checker x{rule(R"("action":"deny-values","list":["delete_*"],
    "pointers":["/mcpServers/*/args/*"])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x",
    "args":["delete_a","read","delete_b","write","delete_c"]}}})");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"a":{"args":["read","write"],"command":"x"}}})");
  BOOST_TEST(out.findings.size() == 3u);
  BOOST_TEST(out.findings[1].pointer == "/mcpServers/a/args/2");
}

BOOST_AUTO_TEST_CASE(a_redacted_key_is_gone_with_its_value_fr7) {
  auto secret = test::glue({"gh", "p_", test::noise(36, test::base62)});
  rule_checker x{rule(R"("action":"redact-keys","names":["debug*","GITHUB_*"],
    "pointers":["/mcpServers/*/env/B"])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x","env":{"A":"1",
    "B":"2","DEBUG":{"debug":1},"github_token":")" +
                     secret + "\"}}}}");
  BOOST_TEST(actions(out) ==
             "changed redacted /mcpServers/a/env/B\n"
             "changed redacted /mcpServers/a/env/DEBUG\n"
             "changed redacted /mcpServers/a/env/github_token\n");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"a":{"command":"x","env":{"A":"1"}}}})");
  validation_report report{"", "", "", "", "", out.findings};
  auto text = to_canonical(to_json(report));
  BOOST_TEST(text.find(secret) == std::string::npos);
  BOOST_TEST(text.find(R"("action":"redacted")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(defaults_are_set_where_nothing_is_fr7) {
  rule_checker x{rule(R"("action":"set-defaults","values":[
    {"pointer":"/mcpServers/*/timeout","value":30000},
    {"pointer":"/mcpServers/*/env/LOG","value":"info"}])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x","timeout":1000},
    "b":{"command":"y","env":{"LOG":"debug"}}}})");
  BOOST_TEST(actions(out) == "changed defaulted /mcpServers/a/env/LOG\n"
                             "changed defaulted /mcpServers/b/timeout\n");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"a":{"command":"x","env":{"LOG":"info"},)"
             R"("timeout":1000},"b":{"command":"y","env":{"LOG":"debug"},)"
             R"("timeout":30000}}})");
}

BOOST_AUTO_TEST_CASE(what_policy_made_must_fit_the_schema_fr6) {
  rule_checker x{rule(R"("action":"set-defaults","values":[
    {"pointer":"/mcpServers/*/timeout","value":"soon"}])",
                      "changed")};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x"}}})");
  BOOST_TEST(test::has(out.findings, "schema", "/mcpServers/a/timeout"),
             test::describe(out.findings));
  rule_checker y{
      rule(R"("action":"redact-keys","names":["mcpServers"])", "changed")};
  BOOST_TEST(has_errors(y.check(R"({"mcpServers":{}})").findings));
}

BOOST_AUTO_TEST_CASE(other_rules_judge_what_is_left_fr7) {
  rule_checker x{
      rule(R"("action":"redact-keys","names":["LD_PRELOAD"])", "changed") +
      R"(,{"id":"s","check":"code-injection-environment",
                    "severity":"error","message":"m"})"};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x",
    "env":{"LD_PRELOAD":"/x.so"}}}})");
  BOOST_TEST(!has_errors(out.findings), test::describe(out.findings));
  out = x.check(R"({"mcpServers":{"a":{"command":"x",
    "env":{"PATH":"/x"}}}})");
  BOOST_TEST(has_errors(out.findings));
}

BOOST_AUTO_TEST_CASE(rules_that_undo_each_other_are_refused_fr7) {
  rule_checker x{
      rule(R"("action":"redact-keys","names":["timeout"])", "changed") +
      R"(,{"id":"s","action":"set-defaults","severity":"changed",
         "message":"m","values":[{"pointer":"/mcpServers/*/timeout",
         "value":30000}]})"};
  auto out = x.check(R"({"mcpServers":{"a":{"command":"x"}}})");
  BOOST_TEST(has_errors(out.findings), test::describe(out.findings));
}

BOOST_AUTO_TEST_CASE(every_change_is_made_however_many_are_told_fr7) {
  rule_checker x{rule(R"("action":"redact-keys","names":["V*"])", "changed")};
  std::string env;
  for (int i = 0; i < 200; ++i)
    env += (i ? ",\"V" : "\"V") + std::to_string(i) + "\":\"1\"";
  auto out =
      x.check(R"({"mcpServers":{"a":{"command":"x","env":{)" + env + "}}}}");
  BOOST_TEST(out.canonical_payload ==
             R"({"mcpServers":{"a":{"command":"x","env":{}}}})");
  BOOST_REQUIRE(out.findings.size() == 51u);
  BOOST_TEST(out.findings.back().message == "m (150 more places)");
}

BOOST_AUTO_TEST_CASE(what_is_stripped_takes_its_inputs_along_fr5) {
  rule_checker x{rule(R"("action":"deny-servers","names":["b"])", "changed")};
  auto out = x.check(R"({"mcpServers":{
    "a":{"command":"x","env":{"A":"${ONE}"}},
    "b":{"command":"x","env":{"B":"${TWO}"}}}})");
  BOOST_REQUIRE(out.inputs.size() == 1u);
  BOOST_TEST(out.inputs[0] == "ONE");
}

BOOST_AUTO_TEST_CASE(defaults_do_not_multiply_without_end) {
  std::string values;
  for (auto* way :
       {"/mcpServers/*/a", "/mcpServers/*/a/*/b", "/mcpServers/*/a/*/b/*/c"}) {
    std::string members;
    for (int i = 0; i < 60; ++i)
      members += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":{}";
    values += (values.empty() ? "{" : ",{") + std::string{"\"pointer\":\""} +
              way + "\",\"value\":{" + members + "}}";
  }
  rule_checker x{rule("\"action\":\"set-defaults\",\"values\":[" + values + "]",
                      "changed")};
  std::string servers;
  for (int i = 0; i < 100; ++i)
    servers += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + "\":{}";
  auto out = x.check("{\"mcpServers\":{" + servers + "}}");
  BOOST_TEST(has_errors(out.findings));
  BOOST_TEST(out.canonical_payload.size() < 1024u * 1024);
  BOOST_TEST(std::any_of(out.findings.begin(), out.findings.end(),
                         [](auto& y) { return y.rule == "policy-defaults"; }));
}

BOOST_AUTO_TEST_CASE(without_rules_that_change_nothing_changes_fr7) {
  test::seed vscode{"vscode"};
  auto x = vscode.check(R"({"servers":{"a":{"command":"npx","args":["p"]}}})");
  BOOST_TEST(x.canonical_payload ==
             R"({"servers":{"a":{"args":["p"],"command":"npx"}}})");
  BOOST_TEST(test::describe(x.findings) ==
             "unpinned-package at '/servers/a/args/0': " +
                 test::baseline().rules[6].message + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
