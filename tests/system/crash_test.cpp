#include "tests/system/crash_rounds.hpp"
#include "tests/system/engines.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace signalbox::test;

namespace {

constexpr std::uint32_t seed = 20260423;
constexpr int all_rounds = 50;

/// A loss shows in the first round that had an acknowledgement.
constexpr int rounds_to_lose_within = 5;

std::string describe(const std::vector<violation>& found, int round) {
  std::string out = "seed " + std::to_string(seed) + ", after round " +
                    std::to_string(round) + ':';
  for (auto& x : found)
    out += "\n  " + std::string{to_string(x.kind)} + ": " + x.what;
  return out;
}

void require_no_violation(const crash_rounds& rounds) {
  const auto found = rounds.violations();
  BOOST_REQUIRE_MESSAGE(found.empty(), describe(found, rounds.round()));
}

void survive(const std::string& file_system) {
  BOOST_TEST_MESSAGE("seed " << seed);
  crash_rounds rounds{file_system, seed};
  for (int i = 0; i < all_rounds; ++i) {
    rounds.run_round();
    require_no_violation(rounds);
  }
  rounds.finish();
  require_no_violation(rounds);
  BOOST_TEST_MESSAGE(rounds.summary());
  BOOST_TEST(rounds.acknowledged() > std::size_t{all_rounds});
}

/// In this round; a token that no longer fits tells of a loss as well.
bool any_lost(const std::vector<violation>& found, int round) {
  const auto place = "round " + std::to_string(round) + ':';
  return std::any_of(found.begin(), found.end(), [&](auto& x) {
    return (x.kind == violation_kind::lost ||
            x.kind == violation_kind::foreign_token) &&
           x.what.starts_with(place);
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(crash)

BOOST_AUTO_TEST_CASE(crash_rounds_lose_no_acknowledged_publish) {
  survive("");
}

BOOST_AUTO_TEST_CASE(crash_rounds_without_unsynced_bytes_lose_none_either,
                     *of_one_engine()) {
  survive("drop-unsynced");
}

BOOST_AUTO_TEST_CASE(crash_rounds_without_syncs_are_caught_losing,
                     *of_one_engine()) {
  BOOST_TEST_MESSAGE("seed " << seed);
  crash_rounds rounds{"drop-unsynced-no-sync", seed};
  std::vector<violation> found;
  while (!any_lost(found, rounds.round()) &&
         rounds.round() < rounds_to_lose_within) {
    rounds.run_round();
    found = rounds.violations();
  }
  BOOST_TEST(any_lost(found, rounds.round())); // as the log lies there
  rounds.finish();
  // As the server answers.
  BOOST_TEST(any_lost(rounds.violations(), rounds.round()));
  BOOST_TEST_MESSAGE(found.size() << " violations after round "
                                  << rounds.round() << ", the first: "
                                  << (found.empty() ? "" : found[0].what));
}

BOOST_AUTO_TEST_SUITE_END()
