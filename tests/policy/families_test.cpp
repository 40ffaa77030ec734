#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "policy/json_nodes.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  for (auto& x : fs::directory_iterator{folder})
    if (x.is_directory() || x.path().extension() == ".json")
      out.push_back(x.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<fs::path> families() {
  auto out = entries(test::schemas() / "families");
  BOOST_REQUIRE(out.size() >= 14u);
  return out;
}

std::string parent(const std::string& pointer) {
  auto slash = pointer.rfind('/');
  return slash == std::string::npos ? "" : pointer.substr(0, slash);
}

/// A report is right at the member, at its parent, or below the member.
bool is_at(const std::string& found, const std::string& stated) {
  return found == stated || found == parent(stated) ||
         found.starts_with(stated + "/");
}

} // namespace

BOOST_AUTO_TEST_SUITE(families_)

BOOST_AUTO_TEST_CASE(every_seed_family_parses_and_its_schemas_compile_fr6) {
  for (auto& folder : families()) {
    auto parsed = parse_family(test::read(folder / "family.json"));
    BOOST_REQUIRE_MESSAGE(parsed,
                          folder << (parsed ? ""
                                            : parsed.error().pointer + " " +
                                                  parsed.error().message));
    BOOST_TEST(parsed->client_id == folder.filename().string());
    for (auto& x : parsed->schemas) {
      auto schema = schema_validator::compile(test::read(folder / x.file));
      BOOST_TEST(bool(schema),
                 folder << (schema ? ""
                                   : schema.error().pointer + " " +
                                         schema.error().message));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_valid_sample_passes_the_whole_check_fr8) {
  for (auto& folder : families()) {
    test::seed seed{folder};
    auto samples = entries(folder / "samples" / "valid");
    BOOST_TEST(samples.size() >= 5u);
    for (auto& sample : samples) {
      auto checked = seed.check(test::read(sample));
      BOOST_TEST(!has_errors(checked.findings),
                 sample << "\n"
                        << test::describe(checked.findings));
      BOOST_TEST(!checked.canonical_payload.empty());
      BOOST_TEST(checked.rendered.has_value() ==
                 (seed.client.render != render_kind::json));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_invalid_sample_is_refused_at_its_place_fr8) {
  for (auto& folder : families()) {
    test::seed seed{folder};
    auto samples = entries(folder / "samples" / "invalid");
    BOOST_TEST(samples.size() >= 10u);
    for (auto& path : samples) {
      auto sample = parse_json(test::read(path)).value();
      std::string stated{sample.at("pointer").as_string()};
      auto checked = seed.check(to_canonical(sample.at("payload")));
      bool found = std::any_of(
          checked.findings.begin(), checked.findings.end(), [&](auto& x) {
            return x.level == severity::error && is_at(x.pointer, stated);
          });
      BOOST_TEST(found, path << " wants " << stated << "\n"
                             << test::describe(checked.findings));
      BOOST_TEST(!checked.rendered.has_value());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
