#include "tests/system/crash_checker.hpp"
#include "tests/system/engines.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace signalbox::test;

namespace {

using kind = violation_kind;
using source = later_answer::source;

/// Two channels, three releases, each acknowledged, read and told in order.
crash_history sound_history() {
  crash_history x;
  x.acknowledged = {{1, "key-1", "c1", "a/default", "x1", 1, 10, "t1"},
                    {1, "key-2", "c2", "a/default", "x2", 2, 11, "t2"},
                    {2, "key-3", "c3", "b/default", "x3", 1, 13, "t3"}};
  x.log = {{10, "c1", "a/default", "x1", 1, ""},
           {11, "c2", "a/default", "x2", 2, ""},
           {13, "c3", "b/default", "x3", 1, ""}};
  x.later = {{source::at_token, 2, "key-1", 200, "", "x1", 1},
             {source::retry, 2, "key-2", 200, "", "x2", 2}};
  x.configs = {{2, "a/default", "x2", 2, 12, ""},
               {2, "b/default", "", 0, 12, ""}};
  x.replays = {{1, 0, ""}, {2, 0, ""}};
  return x;
}

bool reports(const crash_history& x, kind wanted) {
  const auto found = find_violations(x);
  return std::any_of(found.begin(), found.end(),
                     [&](auto& y) { return y.kind == wanted; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(crash_checker, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_sound_history_has_no_violation) {
  BOOST_TEST(find_violations(sound_history()).empty());
}

BOOST_AUTO_TEST_CASE(a_release_that_the_log_does_not_hold_is_lost) {
  auto x = sound_history();
  x.log.pop_back();
  BOOST_TEST(reports(x, kind::lost));
}

BOOST_AUTO_TEST_CASE(a_release_that_cannot_be_read_is_lost) {
  auto x = sound_history();
  x.later[0].status = 404;
  BOOST_TEST(reports(x, kind::lost));
}

BOOST_AUTO_TEST_CASE(a_retry_that_releases_anew_shows_a_loss) {
  auto x = sound_history();
  x.later[1].status = 201;
  BOOST_TEST(reports(x, kind::lost));
}

BOOST_AUTO_TEST_CASE(a_command_accepted_twice_is_doubled) {
  auto x = sound_history();
  x.log.push_back({14, "c3", "b/default", "x4", 2, ""});
  BOOST_TEST(reports(x, kind::doubled));
}

BOOST_AUTO_TEST_CASE(a_content_accepted_twice_is_doubled) {
  auto x = sound_history();
  x.log.push_back({14, "c4", "b/default", "x3", 2, ""});
  BOOST_TEST(reports(x, kind::doubled));
}

BOOST_AUTO_TEST_CASE(a_version_left_out_is_a_gap) {
  auto x = sound_history();
  x.log.push_back({14, "c4", "b/default", "x4", 3, ""});
  BOOST_TEST(reports(x, kind::gap));
}

BOOST_AUTO_TEST_CASE(a_version_given_twice_is_a_gap) {
  auto x = sound_history();
  x.log.push_back({14, "c4", "b/default", "x4", 1, ""});
  BOOST_TEST(reports(x, kind::gap));
}

BOOST_AUTO_TEST_CASE(a_record_without_its_parts_is_half_state) {
  auto x = sound_history();
  x.log[1].damage = "part 0 is missing";
  BOOST_TEST(reports(x, kind::half_state));
}

BOOST_AUTO_TEST_CASE(a_config_that_does_not_verify_is_half_state) {
  auto x = sound_history();
  x.configs[0].refused = "the signature is wrong";
  BOOST_TEST(reports(x, kind::half_state));
}

BOOST_AUTO_TEST_CASE(a_config_older_than_the_log_is_half_state) {
  auto x = sound_history();
  x.configs[0].artifact = "x1";
  x.configs[0].channel_version = 1;
  BOOST_TEST(reports(x, kind::half_state));
}

BOOST_AUTO_TEST_CASE(a_config_ahead_of_the_log_is_half_state) {
  auto x = sound_history();
  x.configs[1].artifact = "x3";
  x.configs[1].channel_version = 1;
  BOOST_TEST(reports(x, kind::half_state));
}

BOOST_AUTO_TEST_CASE(an_answer_that_names_another_place_is_a_contradiction) {
  auto x = sound_history();
  x.acknowledged[0].index = 9;
  BOOST_TEST(reports(x, kind::contradiction));
}

BOOST_AUTO_TEST_CASE(a_retry_with_another_outcome_is_a_contradiction) {
  auto x = sound_history();
  x.later[1].artifact = "x1";
  BOOST_TEST(reports(x, kind::contradiction));
  x = sound_history();
  x.later[1].status = 409;
  BOOST_TEST(reports(x, kind::contradiction));
}

BOOST_AUTO_TEST_CASE(an_answer_out_of_all_rules_is_a_contradiction) {
  auto x = sound_history();
  x.wrong.push_back({1, "a publish was answered with 500"});
  BOOST_TEST(reports(x, kind::contradiction));
}

BOOST_AUTO_TEST_CASE(a_token_of_another_history_is_foreign) {
  auto x = sound_history();
  x.later[0].status = 409;
  x.later[0].code = "history_changed";
  BOOST_TEST(reports(x, kind::foreign_token));
}

BOOST_AUTO_TEST_CASE(a_replay_that_disagrees_is_reported) {
  auto x = sound_history();
  x.replays[1] = {2, 1, "the stored state disagrees with the log"};
  BOOST_TEST(reports(x, kind::replay_disagrees));
}

BOOST_AUTO_TEST_SUITE_END()
