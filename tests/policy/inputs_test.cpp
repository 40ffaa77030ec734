#include "policy/inputs.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

input_names find(const test::seed& x, std::string_view payload) {
  auto value = parse_json(payload).value();
  return x.client.inputs.find(json_nodes{value});
}

void same(const std::vector<std::string>& found,
          std::vector<std::string> wanted) {
  BOOST_TEST(found == wanted, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(inputs_)

BOOST_AUTO_TEST_CASE(names_are_found_in_every_string_once_and_sorted_fr5) {
  auto found = find(test::seed{"claude-code"}, R"({"mcpServers":{"a":{
    "command":"${BIN_DIR}/x","args":["${DATA_DIR}","--b=${B:-c}${DATA_DIR}"],
    "env":{"A":"$NO ${} plain"}}}})");
  same(found.names, {"B", "BIN_DIR", "DATA_DIR"});
  BOOST_TEST(found.findings.empty());
}

BOOST_AUTO_TEST_CASE(places_hold_names_or_objects_with_a_name_fr5) {
  auto found = find(test::seed{"codex"}, R"({"mcp_servers":{"a":{
    "command":"x","env_vars":["A",{"name":"B","source":"local"}]},
    "b":{"url":"https://e.example","bearer_token_env_var":"C",
    "env_http_headers":{"X-T":"D"},"http_headers":{"X-U":"no"}}}})");
  same(found.names, {"A", "B", "C", "D"});
}

BOOST_AUTO_TEST_CASE(an_undeclared_input_is_an_error_fr5) {
  auto found = find(test::seed{"vscode"}, R"({"inputs":[{"id":"a"}],
    "servers":{"s":{"env":{"A":"${input:a}","B":"${input:b}","C":"${env:C}"}}}})");
  same(found.names, {"C", "a", "b"});
  BOOST_REQUIRE(found.findings.size() == 1u);
  BOOST_TEST(found.findings[0].pointer == "/servers/s/env/B");
  BOOST_TEST(found.findings[0].rule == "input");
}

BOOST_AUTO_TEST_CASE(a_pattern_is_an_expression_with_one_group) {
  for (auto bad : {"(", "none", "(a)(b)", "(?=x)", "()", "(\\w*)"}) {
    auto out = input_rules::compile({"(fine)", bad}, {}, {});
    BOOST_REQUIRE_MESSAGE(!out, bad);
    BOOST_TEST(out.error().pointer == "/1");
  }
}

BOOST_AUTO_TEST_CASE(a_match_of_nothing_does_not_last_for_ever) {
  auto rules = input_rules::compile({"\\b(x?)", "\\$([A-Z]+)"}, {}, {});
  BOOST_REQUIRE(rules);
  const json::value payload{"hello $NAME, x"};
  same(rules->find(json_nodes{payload}).names, {"NAME", "x"});
}

BOOST_AUTO_TEST_SUITE_END()
