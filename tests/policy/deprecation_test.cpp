#include "policy/deprecation.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

/// A seed's descriptor whose only schema says this of itself.
std::string descriptor_with(const json::value& deprecated) {
  auto x =
      parse_json(test::read(test::schemas() / "families/vscode/family.json"))
          .value();
  x.at("schemas").as_array()[0].as_object()["deprecated"] = deprecated;
  return to_canonical(x);
}

std::string refused_at(const json::value& deprecated) {
  auto x = parse_family(descriptor_with(deprecated));
  BOOST_REQUIRE(!x);
  return x.error().pointer;
}

timestamp at(const char* text) {
  return from_rfc3339(text).value();
}

const json::object leaving{{"since", "2026-01-01"},
                           {"until", "2026-06-30T12:00:00Z"},
                           {"message", "Publish under vscode/2.0.0"}};

} // namespace

BOOST_AUTO_TEST_SUITE(deprecation_)

BOOST_AUTO_TEST_CASE(a_draft_is_warned_of_and_then_refused) {
  auto text = descriptor_with(leaving);
  BOOST_TEST(bool(parse_family(text)));
  auto x = find_deprecation(text, "vscode/1.0.0");
  BOOST_REQUIRE(x);
  BOOST_TEST(!judge(*x, at("2025-12-31T23:59:59Z")));
  auto warned = judge(*x, at("2026-01-01T00:00:00Z"));
  BOOST_REQUIRE(warned);
  BOOST_TEST((warned->level == severity::warning));
  BOOST_TEST(warned->message.find("vscode/2.0.0") != std::string::npos);
  auto refused = judge(*x, at("2026-06-30T12:00:00Z"));
  BOOST_REQUIRE(refused);
  BOOST_TEST((refused->level == severity::error));
  BOOST_TEST(to_canonical(to_json(*x)).find("2026-06-30T12:00:00.000Z") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_an_end_it_stays_a_warning) {
  auto open = leaving;
  open.erase("until");
  auto x = find_deprecation(descriptor_with(open), "vscode/1.0.0");
  BOOST_REQUIRE(x);
  BOOST_TEST(
      (judge(*x, at("2999-01-01T00:00:00Z"))->level == severity::warning));
}

BOOST_AUTO_TEST_CASE(what_is_not_said_is_not_found) {
  BOOST_TEST(!find_deprecation(descriptor_with(leaving), "vscode/1.1.0"));
  BOOST_TEST(!find_deprecation("{}", "vscode/1.0.0"));
  BOOST_TEST(!find_deprecation("\"deprecated\"", "vscode/1.0.0"));
}

BOOST_AUTO_TEST_CASE(a_deprecation_is_read_strictly) {
  auto with = [](const char* key, const json::value& value) {
    auto x = leaving;
    x[key] = value;
    return refused_at(x);
  };
  const std::string at = "/schemas/0/deprecated";
  BOOST_TEST(with("since", "soon") == at + "/since");
  BOOST_TEST(with("until", "2025-01-01") == at + "/until");
  BOOST_TEST(with("message", json::value(std::string(600, 'm'))) ==
             at + "/message");
  BOOST_TEST(with("by", "x") == at + "/by");
  BOOST_TEST(refused_at("yes") == at);
}

BOOST_AUTO_TEST_SUITE_END()
