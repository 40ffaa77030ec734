#include "app/family_folder.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "app/family_sync.hpp"
#include "app/json_text.hpp"
#include "events/hash.hpp"
#include "policy/family_package.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(family_folder)

BOOST_AUTO_TEST_CASE(every_seed_is_among_the_shipped_descriptors) {
  // A changed descriptor needs a further line in app/shipped_families.cpp:
  // otherwise `families sync` takes the former one for an operator's.
  auto all = shipped_descriptors();
  for (auto& file : seed_files()) {
    if (!file.path.ends_with("/family.json"))
      continue;
    auto digest =
        sha256(as_bytes(to_canonical(parse_json(file.text).value()))).hex();
    BOOST_TEST((std::find(all.begin(), all.end(), digest) != all.end()),
               file.path << ' ' << digest);
  }
}

BOOST_AUTO_TEST_CASE(a_seed_is_the_same_from_folder_and_program) {
  auto folder = std::filesystem::path{SIGNALBOX_SOURCE_DIR} /
                "schemas/families/claude-code";
  auto read = read_family_folder(folder);
  auto own = seed_family("claude-code");
  BOOST_REQUIRE(read);
  BOOST_REQUIRE(own);
  BOOST_TEST(to_canonical(*read) == to_canonical(*own));
  auto package = read_package(*own);
  BOOST_REQUIRE(package);
  BOOST_TEST(package->samples.at("").valid.size() >= 5u);
  BOOST_TEST(package->samples.at("").invalid.size() >= 10u);
}

BOOST_AUTO_TEST_CASE(samples_lie_below_their_schemas_version) {
  test::workplace here;
  auto folder = here.data;
  std::filesystem::create_directories(folder / "samples/1.0.0/valid");
  test::put_file(folder / "family.json", R"({"schemas":[]})");
  test::put_file(folder / "samples/1.0.0/valid/none.json", "{}");
  auto read = read_family_folder(folder);
  BOOST_REQUIRE(read);
  BOOST_TEST(
      at(at(at(at(*read, "samples"), "1.0.0"), "valid"), "none").is_object());
}

BOOST_AUTO_TEST_CASE(a_server_cannot_choose_where_a_schema_is_written) {
  test::workplace here;
  for (auto* name : {"../out.json", "/tmp/out.json", "a/b.json", "..", ""}) {
    json::object schemas;
    schemas["good.json"] = json::object{};
    schemas[name] = json::object{};
    const auto written =
        write_family_folder(here.data, json::object{}, schemas);
    BOOST_TEST(!written, name);
    BOOST_TEST(!std::filesystem::exists(here.data / "good.json"), name);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_folder_of_a_family_is_told) {
  test::workplace here;
  auto missing = read_family_folder(here.data);
  BOOST_TEST(!missing);
  std::filesystem::create_directories(here.data);
  BOOST_TEST((read_family_folder(here.data).error().code == errc::not_found));
  test::put_file(here.data / "family.json", "{\n  \"client_id\": 'acme'\n}");
  auto bad = read_family_folder(here.data);
  BOOST_REQUIRE(!bad);
  BOOST_TEST(bad.error().message.starts_with("family.json:2:"),
             bad.error().message);
}

BOOST_AUTO_TEST_SUITE_END()
