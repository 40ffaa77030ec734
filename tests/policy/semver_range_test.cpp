#include "policy/semver_range.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

bool in(const char* range, const char* version) {
  auto x = semver_range::parse(range);
  BOOST_REQUIRE_MESSAGE(x, range);
  return x->contains(semver::parse(version).value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(semver_range_)

BOOST_AUTO_TEST_CASE(a_partial_version_stands_for_all_that_begin_so) {
  BOOST_TEST(in("1", "1.0.0"));
  BOOST_TEST(in("1", "1.9.9"));
  BOOST_TEST(!in("1", "2.0.0"));
  BOOST_TEST(!in("1", "2.0.0-rc.1"));
  BOOST_TEST(in("1.2", "1.2.7"));
  BOOST_TEST(in("1.x", "1.7.0"));
  BOOST_TEST(!in("1.2", "1.3.0"));
  BOOST_TEST(in("1.2.3", "1.2.3"));
  BOOST_TEST(!in("1.2.3", "1.2.4"));
  BOOST_TEST(in("*", "7.1.0"));
}

BOOST_AUTO_TEST_CASE(carets_tildes_and_comparisons_are_read) {
  BOOST_TEST(in("^1.2", "1.9.0"));
  BOOST_TEST(!in("^1.2", "1.1.9"));
  BOOST_TEST(!in("^1.2", "2.0.0"));
  BOOST_TEST(in("^0.2.1", "0.2.9"));
  BOOST_TEST(!in("^0.2.1", "0.3.0"));
  BOOST_TEST(in("~1.2", "1.2.9"));
  BOOST_TEST(!in("~1.2", "1.3.0"));
  BOOST_TEST(in(">=1.0 <3", "2.9.9"));
  BOOST_TEST(!in(">=1.0 <3", "3.0.0"));
  BOOST_TEST(in("<=1.2", "1.2.5"));
  BOOST_TEST(!in(">1.2", "1.2.5"));
  BOOST_TEST(in(">1.2", "1.3.0"));
  BOOST_TEST(in("=1.2.3", "1.2.3"));
  BOOST_TEST(!in("<1.2.3", "1.2.3"));
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
  for (auto text : {"", " ", "newest", "1.2.3.4", "v1", "01", ">=", "1..2",
                    "-1", "1.2.3-rc.1", "99999999999999999999"})
    BOOST_TEST(!semver_range::parse(text), text);
  BOOST_TEST(!semver_range::parse(std::string(200, '1')));
}

BOOST_AUTO_TEST_CASE(majors_are_met_or_held_whole) {
  auto major = semver_range::parse("2").value();
  BOOST_TEST(major.meets_major(2));
  BOOST_TEST(major.holds_major(2));
  BOOST_TEST(!major.meets_major(1));
  BOOST_TEST(!major.meets_major(3));
  auto minor = semver_range::parse("^1.2").value();
  BOOST_TEST(minor.meets_major(1));
  BOOST_TEST(!minor.holds_major(1));
  auto wide = semver_range::parse(">=1 <3").value();
  BOOST_TEST(wide.holds_major(1));
  BOOST_TEST(wide.holds_major(2));
  BOOST_TEST(!wide.meets_major(3));
  auto none = semver_range::parse(">2 <2").value();
  BOOST_TEST(!none.meets_major(2));
}

BOOST_AUTO_TEST_SUITE_END()
