#include "policy/family_package.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

constexpr const char* schema_text = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["servers"],
  "additionalProperties": false,
  "properties": {"servers": {"type": "object"}}})";

constexpr const char* package_text = R"({
  "descriptor": {
    "client_id": "acme", "name": "Acme", "default_major": 1,
    "format": {"media_type": "application/json", "render": "json"},
    "schemas": [{"schema_ref": "acme/1.0.0", "version_range": ">=1.0.0",
                 "file": "schema-1.0.0.json"}],
    "capabilities": ["stdio"],
    "profiles": [{"name": "default", "environment": []}],
    "inputs": {"patterns": [], "pointers": []},
    "strings": {"commands": [], "arguments": [], "environment": [],
                "headers": [], "urls": []},
    "notes": {}},
  "samples": {
    "valid": {"none": {"servers": {}}},
    "invalid": {"missing": {"why": "no servers", "pointer": "",
                            "payload": {}}}}})";

json::object package() {
  auto out = parse_json(package_text).value().as_object();
  out["schemas"] = {{"schema-1.0.0.json", parse_json(schema_text).value()}};
  return out;
}

checked_package check(const json::object& x, const std::string* known = {}) {
  return check_package(
      read_package(x).value(), [&](auto&) { return known; }, test::baseline());
}

json::value& at(json::object& x, std::string_view pointer) {
  json::value* out = &x[pointer.substr(1, pointer.find('/', 1) - 1)];
  auto rest = pointer.find('/', 1);
  return rest == std::string_view::npos
             ? *out
             : out->at_pointer({pointer.data() + rest, pointer.size() - rest});
}

/// The only finding's pointer.
std::string refused_at(const json::object& x, const std::string* known = {}) {
  auto checked = check(x, known);
  BOOST_REQUIRE_MESSAGE(checked.findings.size() == 1u,
                        test::describe(checked.findings));
  BOOST_TEST(to_report(checked).at("valid") == json::value(false));
  return checked.findings.front().pointer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(family_package_)

BOOST_AUTO_TEST_CASE(a_whole_package_passes_uc1) {
  auto x = check(package());
  BOOST_TEST(x.findings.empty(), test::describe(x.findings));
  BOOST_TEST(x.valid == 1u);
  BOOST_TEST(x.invalid == 1u);
  BOOST_REQUIRE_EQUAL(x.schemas.size(), 1u);
  BOOST_TEST(x.schemas[0].fresh);
  BOOST_TEST(to_report(x).at("valid") == json::value(true));
}

BOOST_AUTO_TEST_CASE(every_seed_is_a_package_that_passes_fr1) {
  for (auto& folder :
       std::filesystem::directory_iterator{test::schemas() / "families"}) {
    if (!folder.is_directory())
      continue;
    json::object x;
    auto parsed = [](const std::filesystem::path& path) {
      return parse_json(test::read(path)).value();
    };
    x["descriptor"] = parsed(folder.path() / "family.json");
    json::object schemas, samples;
    for (auto& file : std::filesystem::directory_iterator{folder.path()})
      if (file.path().filename().string().starts_with("schema-"))
        schemas[file.path().filename().string()] = parsed(file.path());
    for (auto kind : {"valid", "invalid"}) {
      json::object of;
      for (auto& file : std::filesystem::directory_iterator{folder.path() /
                                                            "samples" / kind})
        of[file.path().stem().string()] = parsed(file.path());
      samples[kind] = std::move(of);
    }
    x["schemas"] = std::move(schemas);
    x["samples"] = std::move(samples);
    auto checked = check(x);
    BOOST_TEST(checked.findings.empty(),
               folder.path() << '\n'
                             << test::describe(checked.findings));
  }
}

BOOST_AUTO_TEST_CASE(a_sample_that_does_not_hold_is_named_with_its_place) {
  auto x = package();
  at(x, "/samples/valid/none").as_object()["extra"] = 1;
  BOOST_TEST(refused_at(x).starts_with("/samples/valid/none"));
  x = package();
  at(x, "/samples/invalid/missing").as_object()["pointer"] = "/servers/a";
  BOOST_TEST(refused_at(x) == "/samples/invalid/missing");
  x = package();
  at(x, "/samples/invalid/missing").as_object()["payload"] =
      json::object{{"servers", json::object{}}};
  BOOST_TEST(refused_at(x) == "/samples/invalid/missing");
  x = package();
  at(x, "/samples/invalid/missing") = json::object{};
  BOOST_TEST(check(x).findings.front().pointer == "/samples/invalid/missing");
}

BOOST_AUTO_TEST_CASE(a_new_schema_needs_samples_of_both_kinds) {
  for (auto kind : {"valid", "invalid"}) {
    auto x = package();
    x["samples"].as_object()[kind] = json::object{};
    BOOST_TEST(refused_at(x) == "/samples");
  }
}

BOOST_AUTO_TEST_CASE(what_a_schema_ref_names_never_changes) {
  auto x = package();
  x.erase("samples");
  const std::string same = schema_text;
  BOOST_TEST(check(x, &same).findings.empty());
  x.erase("schemas");
  auto left_out = check(x, &same);
  BOOST_TEST(left_out.findings.empty());
  BOOST_TEST(!left_out.schemas.at(0).fresh);
  x = package();
  const std::string other =
      R"({"$schema":"http://json-schema.org/draft-07/schema#"})";
  BOOST_TEST(refused_at(x, &other) == "/schemas/schema-1.0.0.json");
}

BOOST_AUTO_TEST_CASE(descriptors_and_schemas_are_refused_at_their_place) {
  auto x = package();
  at(x, "/descriptor/client_id") = "../acme";
  BOOST_TEST(refused_at(x) == "/descriptor/client_id");
  x = package();
  at(x, "/schemas/schema-1.0.0.json").as_object()["$ref"] = "#";
  BOOST_TEST(check(x).findings.front().pointer.starts_with(
      "/schemas/schema-1.0.0.json"));
  x = package();
  x["schemas"] = json::object{};
  BOOST_TEST(check(x).findings.front().pointer == "/schemas/schema-1.0.0.json");
  x = package();
  x["schemas"].as_object()["other.json"] = json::object{};
  BOOST_TEST(refused_at(x) == "/schemas/other.json");
  x = package();
  x["samples"].as_object()["7.0.0"] = json::object{};
  BOOST_TEST(refused_at(x) == "/samples/7.0.0");
}

BOOST_AUTO_TEST_CASE(a_secret_in_notes_or_schema_is_refused_nfr5) {
  auto secret = test::glue({"ghp", "_", test::noise(36, test::base62)});
  auto x = package();
  at(x, "/descriptor/notes").as_object()["hint"] = "use " + secret;
  BOOST_TEST(refused_at(x) == "/descriptor/notes/hint");
  x = package();
  at(x, "/schemas/schema-1.0.0.json").as_object()["description"] = secret;
  BOOST_TEST(refused_at(x) == "/schemas/schema-1.0.0.json/description");
}

BOOST_AUTO_TEST_CASE(a_descriptor_has_limits) {
  auto refuse = [](auto change, const char* pointer) {
    auto x = package();
    change(x.at("descriptor").as_object());
    BOOST_TEST(refused_at(x) == pointer);
  };
  refuse([](auto& x) { x["name"] = std::string(200, 'n'); },
         "/descriptor/name");
  refuse(
      [](auto& x) {
        x["capabilities"] = json::array(70, json::value("stdio"));
      },
      "/descriptor/capabilities");
  refuse(
      [](auto& x) {
        x["inputs"].as_object()["patterns"] =
            json::array(20, json::value("(a)"));
      },
      "/descriptor/inputs/patterns");
  refuse(
      [](auto& x) {
        x["notes"] = {{"x", std::string(70'000, 'n')}};
      },
      "/descriptor");
  refuse(
      [](auto& x) {
        x["profiles"].as_array()[0].as_object()["environment"] = {"A B"};
      },
      "/descriptor/profiles/0/environment");
}

BOOST_AUTO_TEST_CASE(what_is_no_package_is_refused_before_all) {
  for (auto text :
       {R"({})", R"({"descriptor":1})", R"({"descriptor":{},"schemas":[]})",
        R"({"descriptor":{},"samples":[]})",
        R"({"descriptor":{},"samples":{"valid":[]}})",
        R"({"descriptor":{},"samples":{"newest":{}}})"})
    BOOST_TEST(!read_package(parse_json(text).value().as_object()), text);
}

BOOST_AUTO_TEST_SUITE_END()
