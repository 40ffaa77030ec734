#include "policy/yaml_writer.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "policy/render.hpp"
#include "tests/policy/support.hpp"
#include "tests/system/child_process.hpp"

using namespace signalbox;

namespace {

json::value parse(std::string_view text) {
  return parse_json(text).value();
}

/// What a parser of YAML 1.1, which guesses most, makes of documents.
json::array read_back(const json::array& documents) {
  const temporary_directory place;
  write_text(place / "documents", to_canonical(documents));
  const auto script = std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "tests" /
                      "policy" / "read_yaml.py";
  const auto done =
      test::run({{"python3", script.string(), place / "documents"}, {}, {}});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  return boost::json::parse(done.out).as_array();
}

void come_back(const std::vector<json::value>& payloads) {
  json::array documents;
  for (auto& x : payloads) {
    const auto text = to_yaml(x);
    BOOST_REQUIRE_MESSAGE(text, to_canonical(x));
    documents.emplace_back(*text);
  }
  const auto back = read_back(documents);
  BOOST_REQUIRE_EQUAL(back.size(), payloads.size());
  for (std::size_t i = 0; i < back.size(); ++i)
    BOOST_TEST(to_canonical(back[i]) == to_canonical(payloads[i]),
               documents[i].as_string());
}

/// Texts that some reader of YAML takes for something else.
const std::vector<std::string> misread{"yes",
                                       "No",
                                       "ON",
                                       "off",
                                       "y",
                                       "N",
                                       "true",
                                       "False",
                                       "~",
                                       "null",
                                       "Null",
                                       "",
                                       " ",
                                       " a",
                                       "a ",
                                       "\ta",
                                       "1",
                                       "1.0",
                                       "-1",
                                       "+1",
                                       "1e3",
                                       "0x1F",
                                       "0o17",
                                       "017",
                                       "1_0",
                                       ".5",
                                       ".inf",
                                       "-.INF",
                                       ".nan",
                                       "1:30",
                                       "12:30:45",
                                       "<<",
                                       "=",
                                       "-",
                                       "- a",
                                       "? a",
                                       ": ",
                                       "a: b",
                                       "a:",
                                       "#",
                                       "a #b",
                                       "&a",
                                       "*a",
                                       "!a",
                                       "!!str",
                                       "|",
                                       ">",
                                       "%a",
                                       "@a",
                                       "`a`",
                                       "'",
                                       "\"",
                                       "\\",
                                       "[",
                                       "]",
                                       "{",
                                       "}",
                                       ",",
                                       "---",
                                       "...",
                                       "a\nb",
                                       "a\n\nb",
                                       "\n",
                                       "a\r\nb",
                                       "a\tb",
                                       "2001-12-14",
                                       "2001-12-14t21:59:43.10-05:00",
                                       "${HOME}",
                                       "a\\nb",
                                       "\xC2\x85",
                                       "\xC2\xA0",
                                       "\xE2\x80\xA8x\xE2\x80\xA9",
                                       "\xEF\xBB\xBF",
                                       "\xEF\xBF\xBE",
                                       "\xEF\xBF\xBD",
                                       "\x7F\xC2\x80\xC2\x9F\x1F",
                                       "日本語 é",
                                       "😀"};

} // namespace

BOOST_AUTO_TEST_SUITE(yaml_writer)

BOOST_AUTO_TEST_CASE(yaml_that_an_independent_parser_reads_is_the_payload) {
  std::vector<json::value> all;
  auto folder = test::schemas() / "families/goose/samples/valid";
  for (auto& x : std::filesystem::directory_iterator{folder})
    all.push_back(parse(test::read(x.path())));
  BOOST_TEST(all.size() >= 5);
  for (
      auto text :
      {"{}", R"({"a":{}})", R"({"a":{"b":{"c":{}}}})", R"({"a":[]})",
       R"({"a":[[1,2],["x"],[],[[3,[4]],{"b":[5]}]]})",
       R"({"a":[{"b":{"c":[{}]}},{"d":1,"e":[2]}]})",
       R"({"a":null,"b":[null,true,false],"c":{"d":null}})",
       R"({"a":-1,"b":0.5,"c":1e300,"d":-1.5e-7,"e":9007199254740991,"f":1e21})",
       R"({"a":"\"\\\b\t\n\f\r\u0000\u001f\u007f/é😀'''\"\"\""})"})
    all.push_back(parse(text));
  come_back(all);
}

BOOST_AUTO_TEST_CASE(no_text_is_taken_for_something_else) {
  json::object values, keys;
  json::array elements;
  for (auto& text : misread) {
    values["v" + std::to_string(values.size())] = text;
    keys[text] = text;
    elements.emplace_back(text);
  }
  come_back({values, keys, {{"list", elements}}, {{"a", {{keys}, {keys}}}}});
}

BOOST_AUTO_TEST_CASE(yaml_is_the_same_for_the_same_payload) {
  auto one =
      parse(R"({"m":{"b":{"y":1,"x":"q"},"a":{}},"k":[1,{"d":2,"c":[3]}],)"
            R"("no":1e21})");
  auto two = parse(R"({"no":1E+21,"k":[1.0,{"c":[3],"d":2}],)"
                   R"("m":{"a":{},"b":{"x":"q","y":1}}})");
  const auto text = to_yaml(one);
  BOOST_TEST(*text == "k:\n"
                      "  - 1\n"
                      "  - c:\n"
                      "      - 3\n"
                      "    d: 2\n"
                      "m:\n"
                      "  a: {}\n"
                      "  b:\n"
                      "    x: \"q\"\n"
                      "    \"y\": 1\n"
                      "\"no\": 1.0e+21\n");
  BOOST_TEST(*to_yaml(two) == *text);
  BOOST_TEST(*render(render_kind::yaml, one, to_canonical(one)) == *text);
}

BOOST_AUTO_TEST_CASE(a_key_that_no_parser_would_find_is_refused) {
  const auto keyed = [](std::size_t length) {
    return json::value{{"a", {{std::string(length, 'k'), 1}}}};
  };
  come_back({keyed(max_yaml_key)});
  const auto refused = to_yaml(keyed(max_yaml_key + 1));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().pointer.starts_with("/a/kkk"));
  BOOST_TEST(refused.error().message.find('k' + std::string(2, 'k')) ==
             std::string::npos);
  BOOST_TEST(!to_yaml(parse("[1]")));
}

BOOST_AUTO_TEST_SUITE_END()
