#include "policy/semver.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(semver_)

BOOST_AUTO_TEST_CASE(what_the_standard_allows_is_read_and_written_back) {
  for (auto text : {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta",
                    "1.1.2+meta", "1.0.0-alpha.beta.1", "1.0.0-0A.is.legal",
                    "1.0.0--", "999999999999.0.0", "1.0.0-alpha0.valid",
                    "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.0.0+0.01"})
    BOOST_TEST(to_string(semver::parse(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (auto text : {"",
                    "1",
                    "1.2",
                    "1.2.3.4",
                    "v1.2.3",
                    "01.2.3",
                    "1.02.3",
                    "1.2.03",
                    "1.2.3-",
                    "1.2.3+",
                    "1.2.3-01",
                    "1.2.3-a..b",
                    "1.2.3-a.",
                    "1.2.3+a+b",
                    "1.2.3-a_b",
                    " 1.2.3",
                    "1.2.3 ",
                    "1.2.-3",
                    "+1.2.3",
                    "1.2.3-\xC3\xA9",
                    "9999999999999.0.0",
                    "1..3",
                    "../../1.0.0",
                    "1.0.0/x"})
    BOOST_TEST(!semver::parse(text), text);
  BOOST_TEST(!semver::parse("1.0.0-" + std::string(200, 'a')));
}

BOOST_AUTO_TEST_CASE(precedence_is_that_of_the_standard) {
  const char* rising[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                          "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                          "1.0.0-rc.1",  "1.0.0",         "1.0.1",
                          "1.2.0",       "1.10.0",        "2.0.0"};
  for (std::size_t i = 0; i < std::size(rising); ++i)
    for (std::size_t k = 0; k < std::size(rising); ++k) {
      auto order = precedence(semver::parse(rising[i]).value(),
                              semver::parse(rising[k]).value());
      BOOST_TEST((order < 0) == (i < k), rising[i] << " " << rising[k]);
      BOOST_TEST((order == 0) == (i == k), rising[i] << " " << rising[k]);
    }
}

BOOST_AUTO_TEST_CASE(build_metadata_has_no_precedence) {
  BOOST_TEST((precedence(semver::parse("1.0.0+a").value(),
                         semver::parse("1.0.0+b").value()) == 0));
}

BOOST_AUTO_TEST_CASE(the_next_patch_is_the_least_greater_release) {
  auto next = [](const char* x) {
    return to_string(next_patch(semver::parse(x).value()));
  };
  BOOST_TEST(next("1.2.3") == "1.2.4");
  BOOST_TEST(next("1.2.3+build") == "1.2.4");
  BOOST_TEST(next("1.2.3-rc.1") == "1.2.3");
}

BOOST_AUTO_TEST_SUITE_END()
