#include "policy/family.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

json::value descriptor() {
  return parse_json(test::read(test::schemas() / "families/vscode/family.json"))
      .value();
}

failure refusal(const json::value& x) {
  auto out = parse_family(to_canonical(x));
  BOOST_REQUIRE(!out);
  return out.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(family_)

BOOST_AUTO_TEST_CASE(a_seed_descriptor_is_read_whole) {
  auto x = parse_family(to_canonical(descriptor())).value();
  BOOST_TEST(x.client_id == "vscode");
  BOOST_TEST(x.media_type == "application/json");
  BOOST_REQUIRE(x.find_schema("vscode/1.0.0"));
  BOOST_TEST(x.find_schema("vscode/1.0.0")->major == 1u);
  BOOST_TEST(!x.find_schema("vscode/1.0.1"));
  BOOST_REQUIRE(x.find_profile("prod"));
  BOOST_TEST(x.find_profile("prod")->environment.front() == "prod");
  BOOST_TEST(!x.find_profile("dev"));
  BOOST_TEST(x.strings.urls.size() == 1u);
}

BOOST_AUTO_TEST_CASE(odd_ids_are_refused_c8) {
  for (auto id : {"", "../x", "a/b", "A", "-a", ".", "a_b", "a b", "a\n",
                  "%2e%2e", "\xC3\xA9"}) {
    auto x = descriptor();
    x.as_object()["client_id"] = id;
    BOOST_TEST(refusal(x).pointer == "/client_id");
  }
  auto x = descriptor();
  x.as_object()["client_id"] = std::string(64, 'a');
  BOOST_TEST(refusal(x).pointer == "/client_id");
  x = descriptor();
  x.at("profiles").as_array()[0].as_object()["name"] = "../prod";
  BOOST_TEST(refusal(x).pointer == "/profiles/0/name");
  for (auto file : {"../schema.json", "/etc/passwd", ".hidden", "a/b.json"}) {
    x = descriptor();
    x.at("schemas").as_array()[0].as_object()["file"] = file;
    BOOST_TEST(refusal(x).pointer == "/schemas/0/file");
  }
}

BOOST_AUTO_TEST_CASE(a_schema_ref_names_the_client_and_a_version) {
  BOOST_TEST(schema_ref::parse("vscode/1.2.3").value().client_id == "vscode");
  for (auto bad : {"vscode", "vscode/1", "/1.0.0", "../1.0.0", "a/b/1.0.0",
                   "vscode/1.0.0/..", "VSCODE/1.0.0"})
    BOOST_TEST(!schema_ref::parse(bad), bad);
  for (auto ref : {"cursor/1.0.0", "vscode/latest"}) {
    auto x = descriptor();
    x.at("schemas").as_array()[0].as_object()["schema_ref"] = ref;
    BOOST_TEST(refusal(x).pointer == "/schemas/0/schema_ref");
  }
}

BOOST_AUTO_TEST_CASE(what_is_unknown_missing_or_doubled_is_refused) {
  auto x = descriptor();
  x.as_object()["extra"] = 1;
  BOOST_TEST(refusal(x).pointer == "/extra");
  for (auto key : {"client_id", "name", "default_major", "format", "schemas",
                   "capabilities", "profiles", "inputs", "strings", "notes"}) {
    x = descriptor();
    x.as_object().erase(key);
    BOOST_TEST(refusal(x).pointer == "/" + std::string{key});
  }
  x = descriptor();
  x.at("format").as_object()["render"] = "xml";
  BOOST_TEST(refusal(x).pointer == "/format/render");
  x = descriptor();
  x.as_object()["default_major"] = 2;
  BOOST_TEST(refusal(x).pointer == "/default_major");
  x = descriptor();
  x.at("profiles").as_array()[1].as_object()["name"] = "default";
  BOOST_TEST(refusal(x).pointer == "/profiles/1/name");
  x = descriptor();
  x.at("inputs").as_object()["patterns"] = json::array{"no group"};
  BOOST_TEST(refusal(x).pointer == "/inputs/patterns");
  x = descriptor();
  x.at("strings").as_object()["urls"] = json::array{"no/pointer"};
  BOOST_TEST(refusal(x).pointer == "/strings/urls");
  BOOST_TEST((parse_family("[]").error().code == errc::bad_request));
  BOOST_TEST((parse_family("{").error().code == errc::bad_json));
}

BOOST_AUTO_TEST_SUITE_END()
