#include <boost/test/unit_test.hpp>

#include "policy/defaults.hpp"
#include "policy/pattern_cost.hpp"

#include <string>

using signalbox::pattern_ways;

namespace {

constexpr double limit = signalbox::policy_defaults::max_pattern_ways;

std::string times(int n, std::string_view x) {
  std::string out;
  for (int i = 0; i < n; ++i)
    out += x;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pattern_cost_test)

BOOST_AUTO_TEST_CASE(patterns_that_may_take_for_ever_are_refused) {
  for (std::string bad :
       {"^(a+)+$", "^(?:a*)*$", "^((a|ab)+b?)+$", "^(a{2,})+$", "^(a+){0,64}b",
        "^(a|a)*$", "^(a|[ab])+c", "^(?:a?){0,64}b", "^(a{1,9}){40}$",
        "^(\\w+\\s?)*$", "^(.*,)*x", "^([[:alpha:]]+a?)*$", "^(\\x61+)+$",
        "^(é+)+$", "^(a+?)+?$", "^(?P<n>a*)*$"})
    BOOST_TEST(pattern_ways(bad) > limit, bad);
}

BOOST_AUTO_TEST_CASE(repetitions_beside_each_other_multiply) {
  BOOST_TEST(pattern_ways("^a*a*a*b") > limit);
  BOOST_TEST(pattern_ways("^a*aa*aa*b") > limit);
  BOOST_TEST(pattern_ways("a*a*b") > limit); // from every place
  BOOST_TEST(pattern_ways("^a*a*b") <= limit);
  BOOST_TEST(pattern_ways("^" + times(30, "a?") + "ab") > limit);
  BOOST_TEST(pattern_ways("^" + times(30, "(a|a)")) > limit);
}

BOOST_AUTO_TEST_CASE(what_can_go_one_way_only_passes) {
  for (std::string good :
       {"^a+b*$", "^(ab)+c+", "[(+*]+", "\\(a+\\)+", "^(?:a|b|c)*$",
        "^(?:a|b|c){0,1000}$", "^[a-z]+(?:-[a-z]+)*$",
        "^[a-z]+(?:-[a-z]{1,9})*$", "^([a-z]+,)*$", "^(0|[1-9]\\d*)\\.\\d+$",
        "^(\\*|(\\*\\.)?[A-Za-z0-9][A-Za-z0-9.-]{0,251})$", "^a{2,3}{$",
        "^https?://[^/?#]+(/.*)?$", "^[^@]+@[^@]+$", "x{", "[]a]+", "^\\d+\\W"})
    BOOST_TEST(pattern_ways(good) <= limit, good);
  BOOST_TEST(pattern_ways("^[a-z]+-[a-z]+$") == 1);
  BOOST_TEST(pattern_ways("^(1\\d|2[0-4])\\.") == 1);
  BOOST_TEST(pattern_ways("^(1\\d|2[0-4]|25)\\.") == 3); // two begin with 2
}

BOOST_AUTO_TEST_SUITE_END()
