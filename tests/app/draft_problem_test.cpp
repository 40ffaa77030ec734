#include "app/draft_problem.hpp"

#include <boost/test/unit_test.hpp>

#include "events/json.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;

namespace {

std::string said_of(const std::string& text) {
  auto parsed = parse_json(text);
  BOOST_REQUIRE_MESSAGE(!parsed, text);
  return explain_draft("d.json", text, parsed.error()).message;
}

void check(const std::string& text, const std::string& place,
           const std::string& cause) {
  const auto said = said_of(text);
  BOOST_TEST(said.starts_with("d.json" + place + ":"), said);
  BOOST_TEST(said.find(cause) != std::string::npos, said);
}

} // namespace

BOOST_AUTO_TEST_SUITE(draft_problem_test)

BOOST_AUTO_TEST_CASE(syntax_errors_have_line_and_column_in_characters) {
  check("{\"a\":1\n \"b\":2}", ":2:2", "not JSON");
  check("{\"\xc3\xa9\":\xc3\xa9}", ":1:6", "not JSON");
  check("{\"a\":1} x", ":1:9", "not JSON");
  check("{\"a\":{", ":1:7", "ends too early");
}

BOOST_AUTO_TEST_CASE(usual_causes_are_named) {
  check("", ":1:1", "empty");
  check("{\"a\":1,\n// why\n\"b\":2}", ":2:1", "comments");
  check("{\"a\":1,\n/* why */\"b\":2}", ":2:1", "comments");
  check("{\"a\":1,\n# why\n\"b\":2}", ":2:1", "comments");
  check("{\"a\":1,\n}", ":2:1", "comma too many");
  check("[1,2,]", ":1:6", "comma too many");
  check("{'a':1}", ":1:2", "double quotes");
  check("[mcp_servers.docs]\ncommand = \"x\"\n", ":1:2", "TOML");
  check("model = \"x\"\n", ":1:1", "TOML");
  check("# mine\n[mcp_servers.docs]\n", ":1:1", "TOML");
  check("extensions:\n  docs:\n    type: stdio\n", ":1:1", "YAML");
  check("---\nextensions: {}\n", ":1:2", "YAML");
  check("{a: 1}", ":1:2", "not JSON");
}

BOOST_AUTO_TEST_CASE(encodings_are_named) {
  check("\xEF\xBB\xBF{}", "", "byte order mark");
  check(std::string("\xFF\xFE{\0}\0", 6), "", "UTF-16");
  check("{\"a\":\"\xc3\xa9\",\n\"b\":\"\xe9\"}", ":2:6", "not UTF-8");
}

BOOST_AUTO_TEST_CASE(what_is_well_formed_but_not_strict_keeps_its_reason) {
  const std::string text = "{\"a\":1,\"a\":2}";
  const auto parsed = parse_json(text);
  BOOST_REQUIRE(!parsed);
  const auto said = explain_draft("d.json", text, parsed.error());
  BOOST_TEST(said.message == "d.json: " + parsed.error().message);
  BOOST_TEST(said.pointer == parsed.error().pointer);
}

BOOST_AUTO_TEST_CASE(a_draft_is_refused_before_a_server_is_asked) {
  temporary_directory place;
  const auto file = (place.path() / "draft.json").string();
  test::put_file(file, "{\n  \"mcpServers\": {},\n}\n");
  auto x = test::run({"publish", "codex", "default", file, "--changelog", "x",
                      "--url", "http://127.0.0.1:1"});
  BOOST_TEST(x.code == exit_code::usage);
  BOOST_TEST(x.err.find(file + ":3:1: ") != std::string::npos, x.err);
}

BOOST_AUTO_TEST_SUITE_END()
