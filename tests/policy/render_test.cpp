#include "policy/render.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>
#include <toml++/toml.h>

#include "policy/toml_writer.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

json::value parse(std::string_view text) {
  return parse_json(text).value();
}

json::value to_value(const toml::node& x) {
  if (auto* table = x.as_table()) {
    json::object out;
    for (auto&& [key, value] : *table)
      out[std::string_view{key}] = to_value(value);
    return out;
  }
  if (auto* array = x.as_array()) {
    json::array out;
    for (auto& element : *array)
      out.push_back(to_value(element));
    return out;
  }
  if (auto* text = x.as_string())
    return json::value(text->get());
  if (auto* flag = x.as_boolean())
    return flag->get();
  if (auto* number = x.as_integer())
    return number->get();
  return x.as_floating_point()->get();
}

void comes_back(const json::value& x) {
  auto text = to_toml(x);
  BOOST_REQUIRE_MESSAGE(text, to_canonical(x));
  auto back = to_value(toml::parse(*text));
  BOOST_TEST(to_canonical(back) == to_canonical(x), *text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(render_)

BOOST_AUTO_TEST_CASE(toml_that_an_independent_parser_reads_is_the_payload) {
  auto folder = test::schemas() / "families/codex/samples/valid";
  int samples = 0;
  for (auto& x : std::filesystem::directory_iterator{folder}) {
    comes_back(parse(test::read(x.path())));
    ++samples;
  }
  BOOST_TEST(samples >= 5);
  for (
      auto text :
      {"{}", R"({"a":{}})", R"({"a":{"b":{"c":{}}}})", R"({"a":[]})",
       R"({"a":[[1,2],["x"],[]]})", R"({"a":[{"b":{"c":[{}]}},{"d":1}]})",
       R"({"a b":{"c.d":{"\"":1,"":2,"é":3}}})",
       R"({"a":"\"\\\b\t\n\f\r\u0000\u001f\u007f/é😀'''\"\"\""})",
       R"({"a":-1,"b":0.5,"c":1e300,"d":-1.5e-7,"e":9007199254740991,"f":true})",
       R"({"z":1,"t":{"x":1},"a":2,"s":{"y":{"k":1},"j":2}})"})
    comes_back(parse(text));
}

BOOST_AUTO_TEST_CASE(toml_is_the_same_for_the_same_payload) {
  auto one = to_toml(
      parse(R"({"m":{"b":{"y":1,"x":"q"},"a":{}},"k":[1,{"d":2,"c":3}]})"));
  auto two = to_toml(
      parse(R"({"k":[1.0,{"c":3,"d":2}],"m":{"a":{},"b":{"x":"q","y":1}}})"));
  BOOST_TEST(*one == "k = [1, { c = 3, d = 2 }]\n"
                     "\n"
                     "[m.a]\n"
                     "\n"
                     "[m.b]\n"
                     "x = \"q\"\n"
                     "y = 1\n");
  BOOST_TEST(*one == *two);
}

BOOST_AUTO_TEST_CASE(toml_refuses_null_with_its_place) {
  BOOST_TEST(to_toml(parse(R"({"a":{"b":[1,null]}})")).error().pointer ==
             "/a/b/1");
  BOOST_TEST(!to_toml(parse("[1]")));
}

BOOST_AUTO_TEST_CASE(json_keeps_the_canonical_order_over_several_lines) {
  auto x = parse(R"({"b":[1,"a,]\"{",[],{}],"a":{"c":{"d":null}},"e":"x:y"})");
  auto text = render(render_kind::json, x, to_canonical(x)).value();
  BOOST_TEST(text == "{\n"
                     "  \"a\": {\n"
                     "    \"c\": {\n"
                     "      \"d\": null\n"
                     "    }\n"
                     "  },\n"
                     "  \"b\": [\n"
                     "    1,\n"
                     "    \"a,]\\\"{\",\n"
                     "    [],\n"
                     "    {}\n"
                     "  ],\n"
                     "  \"e\": \"x:y\"\n"
                     "}\n");
  BOOST_TEST(to_canonical(parse(text)) == to_canonical(x));
  BOOST_TEST(pretty_json("{}") == "{}\n");
}

BOOST_AUTO_TEST_CASE(a_file_has_a_limit) {
  json::array many;
  for (int i = 0; i < 30000; ++i)
    many.emplace_back("x");
  json::value x{{"a", many}};
  BOOST_TEST((render(render_kind::json, x, to_canonical(x)).error().code ==
              errc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
