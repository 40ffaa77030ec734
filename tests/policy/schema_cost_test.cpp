#include "policy/schema_cost.hpp"

#include <boost/test/unit_test.hpp>

#include "policy/schema_validator.hpp"

using namespace signalbox;

namespace {

result<double> check(const std::string& schema) {
  return schema_cost(parse_json(schema).value());
}

std::string refused_at(const std::string& schema) {
  auto x = check(schema);
  BOOST_REQUIRE_MESSAGE(!x, schema);
  BOOST_TEST(!x.error().message.empty());
  return x.error().pointer;
}

/// n schemas, each of which applies the next one twice by this keyword.
std::string doubling(int n, const std::string& keyword) {
  std::string out = R"({"allOf":[{"$ref":"#/$defs/a0"}],"$defs":{)";
  for (int i = 0; i < n; ++i) {
    auto next = R"({"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"}";
    out += "\"a" + std::to_string(i) + R"(":{")" + keyword + "\":[" + next +
           "," + next + "]},";
  }
  return out + "\"a" + std::to_string(n) + "\":{}}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema_cost_)

BOOST_AUTO_TEST_CASE(references_in_a_circle_are_refused_uc1) {
  BOOST_TEST(refused_at(R"({"$ref":"#"})").empty());
  BOOST_TEST(refused_at(R"({"not":{"$ref":"#"}})").empty());
  BOOST_TEST(refused_at(R"({"properties":{"x":{"$ref":"#/$defs/a"}},"$defs":{
    "a":{"allOf":[{"$ref":"#/$defs/b"}]},
    "b":{"if":{"$ref":"#/$defs/a"}}}})") == "/$defs/a");
  BOOST_TEST(refused_at(R"({"dependentSchemas":{"k":{"$ref":"#"}}})").empty());
}

BOOST_AUTO_TEST_CASE(a_circle_with_a_step_into_the_payload_passes) {
  BOOST_TEST(bool(check(R"({"properties":{"child":{"$ref":"#"}}})")));
  BOOST_TEST(bool(check(R"({"items":{"$ref":"#"}})")));
  BOOST_TEST(bool(check(R"({"additionalProperties":{"$ref":"#"}})")));
  std::string wide = R"({"properties":{)";
  for (int i = 0; i < 30; ++i)
    wide += "\"p" + std::to_string(i) + R"(":{"$ref":"#"},)";
  wide.back() = '}';
  BOOST_TEST(bool(check(wide + "}")));
}

BOOST_AUTO_TEST_CASE(schemas_that_double_are_refused) {
  BOOST_TEST(bool(check(doubling(8, "allOf"))));
  refused_at(doubling(22, "allOf"));
  refused_at(doubling(22, "anyOf"));
  // Only a deep payload makes this one grow.
  refused_at(R"({"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]})");
  refused_at(R"({"patternProperties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}})");
}

BOOST_AUTO_TEST_CASE(a_long_chain_of_references_needs_no_stack) {
  std::string out = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (int i = 0; i < 4000; ++i)
    out += "\"a" + std::to_string(i) + R"(":{"$ref":"#/$defs/a)" +
           std::to_string(i + 1) + "\"},";
  BOOST_TEST(bool(check(out + R"("a4000":{}}})")));
}

BOOST_AUTO_TEST_CASE(references_name_a_place_in_the_document) {
  BOOST_TEST(refused_at(R"({"$ref":"#anchor"})") == "/$ref");
  BOOST_TEST(refused_at(R"({"$ref":"#/$defs/none"})") == "/$ref");
  BOOST_TEST(refused_at(R"({"$ref":"#/%24defs"})") == "/$ref");
  BOOST_TEST(refused_at(R"({"items":{"$dynamicRef":"#x"}})") ==
             "/items/$dynamicRef");
}

BOOST_AUTO_TEST_CASE(names_and_values_are_no_references) {
  BOOST_TEST(bool(check(R"({"properties":{"$ref":{"type":"string"}}})")));
  BOOST_TEST(bool(check(R"({"const":{"$ref":"#"},"enum":[{"$ref":"#"}]})")));
}

BOOST_AUTO_TEST_CASE(the_validator_compiles_no_such_schema) {
  constexpr const char* head =
      R"({"$schema":"http://json-schema.org/draft-07/schema#",)";
  BOOST_TEST(!schema_validator::compile(head + std::string{R"("$ref":"#"})"}));
  BOOST_TEST(!schema_validator::compile(
      head + std::string{R"("allOf":[{"$ref":"#"}]})"}));
}

BOOST_AUTO_TEST_SUITE_END()
