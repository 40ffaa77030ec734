#include "policy/schema_validator.hpp"

#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

const std::string draft7 =
    R"("$schema":"http://json-schema.org/draft-07/schema#")";
const std::string draft2020 =
    R"("$schema":"https://json-schema.org/draft/2020-12/schema")";

schema_validator compile(const std::string& body,
                         const std::string& draft = draft2020) {
  auto out = schema_validator::compile("{" + draft + "," + body + "}");
  BOOST_REQUIRE_MESSAGE(out, (out ? "" : out.error().message));
  return *out;
}

failure refusal(const std::string& text) {
  auto out = schema_validator::compile(text);
  BOOST_REQUIRE_MESSAGE(!out, text);
  return out.error();
}

std::vector<finding> validate(const schema_validator& x,
                              std::string_view payload) {
  return x.validate(parse_json(payload).value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema_validator_)

BOOST_AUTO_TEST_CASE(each_draft_keeps_its_own_keywords_fr6) {
  auto tuple7 = compile(R"("items":[{"type":"string"}])", draft7);
  BOOST_TEST(validate(tuple7, "[1]").size() == 1u);
  BOOST_TEST(validate(tuple7, R"(["a",2])").empty());
  auto tuple2020 = compile(R"("prefixItems":[{"type":"string"}])");
  BOOST_TEST(validate(tuple2020, "[1]").size() == 1u);
  BOOST_TEST(validate(tuple2020, R"(["a",2])").empty());
}

BOOST_AUTO_TEST_CASE(other_drafts_and_bad_schemas_are_refused_precisely) {
  auto old = refusal(
      R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"object"})");
  BOOST_TEST(old.pointer == "/$schema");
  BOOST_TEST(!refusal(R"({"type":"object"})").message.empty());
  BOOST_TEST((refusal("{").code == errc::bad_json));
  BOOST_TEST((refusal("[]").code == errc::bad_request));
  BOOST_TEST(refusal("{" + draft2020 + R"(,"type":"text"})").pointer ==
             "/type");
  // The library does not say what is wrong below additionalProperties, which
  // the metaschema of draft-07 uses here.
  BOOST_TEST(refusal("{" + draft7 + R"(,"properties":{"a":{"minLength":-1}}})")
                 .pointer.starts_with("/properties"));
  BOOST_TEST(refusal("{" + draft7 + R"(,"not":{"minLength":-1}})").pointer ==
             "/not/minLength");
  BOOST_TEST(!refusal("{" + draft7 + R"(,"$ref":"#/definitions/none"})")
                  .message.empty());
}

BOOST_AUTO_TEST_CASE(nothing_outside_the_document_is_referred_to) {
  for (auto ref : {"http://example.com/x.json", "other.json", "urn:x:y",
                   "file:///etc/passwd"}) {
    auto found = refusal("{" + draft2020 + R"(,"properties":{"a":{"$ref":")" +
                         ref + R"("}}})");
    BOOST_TEST(found.pointer == "/properties/a/$ref");
  }
}

BOOST_AUTO_TEST_CASE(a_message_never_holds_the_value_nfr5) {
  auto x = compile(R"("properties":{
    "a":{"pattern":"^x$"},"b":{"const":1},"c":{"enum":["q"]},
    "d":{"type":"integer"},"e":{"maxLength":3},"f":{"not":{"type":"string"}},
    "g":{"anyOf":[{"const":5},{"type":"null"}]},"h":{"format":"date"}},
    "additionalProperties":false,"required":["z"])");
  auto found = validate(x, R"({"a":"hunter2","b":"hunter2","c":"hunter2",
    "d":"hunter2","e":"hunter2","f":"hunter2","g":"hunter2","h":"hunter2",
    "i":"hunter2"})");
  BOOST_TEST(found.size() >= 8u, test::describe(found));
  for (auto& one : found) {
    BOOST_TEST(one.rule == "schema");
    BOOST_TEST(one.message.find("hunter2") == std::string::npos, one.message);
    BOOST_TEST(!one.message.empty());
  }
  BOOST_TEST(test::has(found, "schema", "/d"));
}

BOOST_AUTO_TEST_CASE(a_report_is_bounded) {
  auto x = compile(R"("items":{"type":"string"})");
  std::string many = "[1";
  for (int i = 0; i < 500; ++i)
    many += ",1";
  BOOST_TEST(validate(x, many + "]").size() == 50u);
}

BOOST_AUTO_TEST_CASE(long_strings_never_overflow_the_stack) {
  auto x = compile(R"("items":{"pattern":"^(?:a|b|c)*$"})");
  auto text = [](std::size_t n) { return "[\"" + std::string(n, 'a') + "\"]"; };
  BOOST_TEST(validate(x, text(1024)).empty());
  auto found = validate(x, text(200000));
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].pointer == "/0");
  auto bounded = compile(R"("items":{"pattern":"^(?:a|b|c){0,1000}$"})");
  BOOST_TEST(validate(bounded, text(1000)).empty());
  BOOST_TEST(validate(bounded, text(200000)).size() == 1u);
  auto key = validate(compile(R"("patternProperties":{"^a+$":{}})"),
                      "{\"" + std::string(200000, 'a') + "\":1}");
  BOOST_REQUIRE(key.size() == 1u);
  BOOST_TEST(key[0].pointer.empty());
  auto plain = compile(R"("items":{"type":"string"})");
  BOOST_TEST(validate(plain, text(200000)).empty());
}

BOOST_AUTO_TEST_CASE(patterns_that_may_take_for_ever_are_refused) {
  auto found =
      refusal("{" + draft2020 + R"(,"properties":{"a":{"pattern":"(a+)+$"}}})");
  BOOST_TEST(found.pointer == "/properties/a/pattern");
  BOOST_TEST(
      !refusal("{" + draft2020 + R"(,"pattern":"(?=a)b"})").message.empty());
}

BOOST_AUTO_TEST_CASE(patterns_that_are_read_in_two_ways_are_refused) {
  for (const std::string pattern :
       {R"(^[^](a|a)*]$)", R"(^[](a|a)*]$)", R"(^[a:][^](a|a)*]$)",
        R"(^\\Q(a|a)*\\E$)", R"(^\\pL$)", R"(^\\x{41}$)", R"(^\\A$)",
        R"(^[[=a=]]$)", R"(^[[.a.]]$)"})
    BOOST_TEST(
        refusal("{" + draft7 + R"(,"pattern":")" + pattern + "\"}").pointer ==
            "/pattern",
        pattern);
  for (const std::string pattern :
       {R"(^[\\]x]$)", R"(^[[:alpha:]]+$)", R"(^[[]x$)", R"(^\\d\\x41[^\\]]$)"})
    compile("\"pattern\":\"" + std::string{pattern} + '"', draft7);
}

BOOST_AUTO_TEST_CASE(patterns_are_bounded_together) {
  std::string many;
  for (int i = 0; i < 30; ++i)
    many += (many.empty() ? "\"p" : ",\"p") + std::to_string(i) +
            R"(":{"pattern":"^[a-z]{1000}$"})";
  BOOST_TEST(!refusal("{" + draft7 + ",\"properties\":{" + many + "}}")
                  .message.empty());
}

BOOST_AUTO_TEST_CASE(no_schema_inside_has_a_name_of_its_own) {
  for (auto* draft : {&draft7, &draft2020})
    BOOST_TEST(refusal("{" + *draft + R"(,"$id":"http://h/x",
      "properties":{"a":{"$ref":"#/definitions/x"}},
      "definitions":{"x":{"type":"string"},"a":{"$id":"http://h/x",
        "definitions":{"x":{"allOf":[{"$ref":"#/definitions/x"}]}}}}})")
                   .pointer == "/definitions/a/$id");
  BOOST_TEST(
      refusal("{" + draft2020 + R"(,"$defs":{"a":{"$anchor":"x"}}})").pointer ==
      "/$defs/a/$anchor");
  compile(R"("properties":{"$id":{"type":"string"}})");
}

BOOST_AUTO_TEST_CASE(a_payload_is_not_checked_for_ever) {
  auto list = [](std::size_t n) {
    std::string out = "[0";
    for (std::size_t i = 1; i < n; ++i)
      out += "," + std::to_string(i);
    return out + "]";
  };
  auto unique = compile(R"("type":"array","uniqueItems":true)");
  BOOST_TEST(validate(unique, list(1000)).empty());
  BOOST_TEST(validate(unique, list(40'000)).size() == 1u);
  std::string all = "{}";
  for (int i = 0; i < 900; ++i)
    all += ",{}";
  auto wide = compile("\"items\":{\"allOf\":[" + all + "]}");
  BOOST_TEST(validate(wide, list(1000)).empty());
  BOOST_TEST(validate(wide, list(40'000)).size() == 1u);
  BOOST_TEST(
      refusal("{" + draft2020 + ",\"enum\":" + list(35'000) + "}").pointer ==
      "/enum");
}

BOOST_AUTO_TEST_CASE(many_threads_share_one_schema) {
  auto x = compile(
      R"("patternProperties":{"^s":{"type":"string","pattern":"^[a-z]{1,9}$"}},
    "unevaluatedProperties":false)");
  auto good = parse_json(R"({"s":"abc","s2":"def"})").value();
  auto bad = parse_json(R"({"s":"A","t":1})").value();
  auto expected = x.validate(bad).size();
  BOOST_TEST(expected > 0u);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i)
        wrong[t] +=
            !x.validate(good).empty() + (x.validate(bad).size() != expected);
    });
  for (auto& one : threads)
    one.join();
  for (auto count : wrong)
    BOOST_TEST(count == 0);
}

BOOST_AUTO_TEST_SUITE_END()
