#include <boost/test/unit_test.hpp>

#include <map>

#include "tests/system/engines.hpp"
#include "tests/system/history/history_checker.hpp"

// That each breach is found: a history that is whole, with one thing wrong.

using namespace signalbox::test;

namespace {

constexpr auto* shared_channel = "claude-code/c0";
constexpr auto* own_channel = "claude-code/w0";

logged publication(std::uint64_t index, const std::string& command,
                   const std::string& channel, std::uint64_t expected) {
  logged out{index, command, "channel/" + channel + "/1"};
  out.expects = logged::expectation::exactly;
  out.expected = expected;
  out.preconditions = {{"profile/" + channel, 1}};
  out.outcome = "accepted";
  out.channel = channel;
  out.artifact = "artifact of " + command;
  return out;
}

logged profile(std::uint64_t index, const std::string& channel) {
  logged out{index, "profile of " + channel, "profile/" + channel};
  out.outcome = "accepted";
  return out;
}

written write(const logged& entry, client_time from, client_time to) {
  written out{0, "key of " + entry.command, entry.command, entry.channel};
  out.invoked = from;
  out.returned = to;
  out.expected = entry.expected;
  out.told = written::fate::acknowledged;
  out.artifact = entry.artifact;
  out.channel_version = entry.expected + 1;
  out.index = entry.index;
  return out;
}

/// Three publications, of which one loses to another, and all that follows.
struct whole {
  whole() {
    const auto first = publication(2, "a", shared_channel, 0);
    const auto second = publication(3, "b", own_channel, 0);
    auto loser = publication(4, "c", shared_channel, 0);
    loser.outcome = "conflict";
    x.log = {profile(0, shared_channel), profile(1, own_channel), first, second,
             loser};
    auto lost = write(loser, 10, 50);
    lost.told = written::fate::conflict;
    x.writes = {write(first, 10, 20), write(second, 30, 40), lost};
    x.writes[1].is_private = true;
    x.reads = {{0, shared_channel, 21, 22, 1, 1, first.artifact, false, 2},
               {0, shared_channel, 23, 24, 3, 1, first.artifact, false, 2}};
    x.finals = {{"c", "conflict", 4}, {"a", "accepted", 2}};
    x.subscribers = {{0,
                      {{2, shared_channel, 1, first.artifact},
                       {3, own_channel, 1, second.artifact}}}};
    x.ends = {{"one", 5, "chain", "state"}, {"two", 5, "chain", "state"}};
    x.updates.resize(1);
    tell_updates();
  }

  std::vector<told_change>& updates() { return x.updates.front(); }

  /// Has the topic of changes tell what the log has.
  void tell_updates() {
    std::map<std::string, std::uint64_t> versions;
    auto& all = updates();
    all.clear();
    for (auto& y : x.log)
      if (y.outcome == "accepted" && !y.channel.empty())
        all.push_back({"id of " + y.command, y.channel, y.index,
                       ++versions[y.channel], y.artifact});
  }

  /// The shared channel's second version, and a revert to its first.
  void revert() {
    auto second = publication(5, "d", shared_channel, 1);
    auto back = publication(6, "e", shared_channel, 2);
    back.artifact = x.log[2].artifact;
    back.is_revert = true;
    x.log.insert(x.log.end(), {second, back});
    x.writes.push_back(write(second, 51, 60));
    x.writes.push_back(write(back, 61, 70));
    auto& changes = x.subscribers[0].changes;
    changes.push_back({5, shared_channel, 2, second.artifact});
    changes.push_back({6, shared_channel, 3, back.artifact});
    tell_updates();
  }

  void finds(breach what) const {
    const auto found = find_breaches(x);
    BOOST_TEST(!found.empty(), "no " << to_string(what) << " was found");
    for (auto& y : found)
      BOOST_TEST((y.what == what), to_string(y.what) << ": " << y.how);
  }

  history x;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(history_checker, whole, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_whole_history_has_no_breach) {
  const auto found = find_breaches(x);
  BOOST_TEST(found.empty(), "found " << found.size());
}

BOOST_AUTO_TEST_CASE(an_acknowledged_write_that_is_void_is_lost) {
  x.writes[2].told = written::fate::acknowledged;
  x.writes[2].invoked = 41;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(an_acknowledged_write_told_with_another_index_is_lost) {
  x.writes[0].index = 1;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(an_answer_with_a_strangers_artifact_is_found) {
  x.writes[0].artifact = x.log[3].artifact;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(a_version_that_does_not_follow_the_expected_is_found) {
  x.writes[0].channel_version = 2;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(a_command_that_is_accepted_twice_is_found) {
  auto again = x.log[2];
  again.index = 5;
  again.expected = 1;
  again.artifact = "another";
  x.log.push_back(again);
  x.subscribers[0].changes.push_back({5, shared_channel, 2, "another"});
  tell_updates();
  finds(breach::doubled);
}

BOOST_AUTO_TEST_CASE(a_loser_that_is_accepted_is_found) {
  x.writes[1].told = written::fate::closed;
  finds(breach::false_loser);
}

BOOST_AUTO_TEST_CASE(a_lost_race_on_an_own_channel_is_found) {
  x.writes[2].is_private = true;
  finds(breach::disturbed);
}

BOOST_AUTO_TEST_CASE(a_final_answer_that_changes_is_found) {
  x.finals.push_back({"c", "closed", 9});
  finds(breach::unsteady);
}

BOOST_AUTO_TEST_CASE(a_final_answer_that_the_log_belies_is_found) {
  x.finals = {{"a", "closed", 9}};
  finds(breach::unsteady);
}

BOOST_AUTO_TEST_CASE(a_later_write_that_stands_before_an_earlier_is_found) {
  x.writes[0].invoked = 60;
  x.writes[0].returned = 70;
  finds(breach::order);
}

BOOST_AUTO_TEST_CASE(a_write_that_is_sent_again_later_stands_where_it_did) {
  auto again = x.writes[0];
  again.invoked = 60;
  again.returned = 70;
  x.writes.push_back(again);
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(a_read_below_its_token_is_found) {
  x.reads[1].channel_version = 0;
  finds(breach::went_back);
}

BOOST_AUTO_TEST_CASE(
    a_read_of_nothing_where_its_token_covers_a_release_is_found) {
  x.reads.push_back({3, own_channel, 45, 46, 3});
  finds(breach::went_back);
  x.reads.back().asked = 2;
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(a_read_with_the_token_of_another_change_is_found) {
  x.reads[1].told = 1;
  finds(breach::wrong_answer);
}

BOOST_AUTO_TEST_CASE(a_read_of_what_never_was_current_is_found) {
  x.reads[1].artifact = x.log[3].artifact;
  finds(breach::wrong_answer);
}

BOOST_AUTO_TEST_CASE(a_linear_read_below_what_was_acknowledged_is_stale) {
  x.reads = {{1, shared_channel, 21, 22, 0, 0, "", true}};
  finds(breach::stale);
  x.reads[0].invoked = 15; // before the acknowledgement at 20
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(a_linear_read_below_what_another_session_read_is_stale) {
  x.writes[0].told = written::fate::unknown; // nobody was told otherwise
  x.reads[1].session = 1;
  x.reads.push_back({2, shared_channel, 25, 26, 0, 0, "", true});
  finds(breach::stale);
  x.reads.back().is_linear = false; // who sent no token may be late
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(a_linear_read_of_another_channel_may_show_nothing) {
  x.reads = {{1, own_channel, 35, 36, 0, 0, "", true}}; // acknowledged at 40
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(an_accepted_entry_with_another_version_is_found) {
  x.log[4].outcome = "accepted";
  x.writes[2].told = written::fate::unknown;
  x.finals.clear();
  x.subscribers.clear();
  tell_updates();
  finds(breach::misjudged);
}

BOOST_AUTO_TEST_CASE(an_unmet_precondition_is_found) {
  x.log[3].preconditions[0].second = 7;
  finds(breach::misjudged);
}

BOOST_AUTO_TEST_CASE(an_entry_that_lost_without_need_is_found) {
  x.log[4].expected = 1;
  finds(breach::misjudged);
}

BOOST_AUTO_TEST_CASE(nodes_that_differ_are_found) {
  x.ends[1].state_hash = "another";
  finds(breach::disagreement);
}

BOOST_AUTO_TEST_CASE(a_change_that_a_subscriber_missed_is_found) {
  auto& changes = x.subscribers[0].changes;
  auto last = changes;
  changes.pop_back();
  finds(breach::gap);
  changes = {last[1], last[0]};
  finds(breach::gap);
  changes = {last[1]};
  finds(breach::gap);
  x.subscribers[0].from = 2; // it began behind the first
  BOOST_TEST(find_breaches(x).empty());
  changes.clear();
  finds(breach::gap);
}

BOOST_AUTO_TEST_CASE(a_revert_is_a_change_like_others) {
  revert();
  BOOST_TEST(find_breaches(x).empty());
}

BOOST_AUTO_TEST_CASE(a_write_may_be_answered_with_the_revert_that_brought_it) {
  revert();
  x.writes[0].index = 6;
  x.writes[0].channel_version = 3;
  BOOST_TEST(find_breaches(x).empty());
  x.writes[0].channel_version = 2;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(a_revert_answered_with_what_came_after_is_found) {
  revert();
  x.writes[3].index = 6;
  finds(breach::lost);
}

BOOST_AUTO_TEST_CASE(an_update_may_come_again_with_its_id_alone) {
  updates().push_back(updates()[1]);
  BOOST_TEST(find_breaches(x).empty());
  updates().back().id = "another";
  finds(breach::astray);
}

BOOST_AUTO_TEST_CASE(an_update_that_is_missing_or_wrong_is_found) {
  updates().pop_back();
  finds(breach::astray);
  tell_updates();
  updates()[0].index = 4; // void
  finds(breach::astray);
  tell_updates();
  updates()[0].channel_version = 2;
  finds(breach::astray);
  tell_updates();
  x.updates.emplace_back(); // a reader who heard nothing
  finds(breach::astray);
}

BOOST_AUTO_TEST_CASE(updates_of_a_channel_that_go_back_are_found) {
  revert();
  updates().push_back(updates()[0]);
  finds(breach::astray);
}

BOOST_AUTO_TEST_CASE(what_is_stuck_or_wrong_is_told) {
  x.stuck = {"a node"};
  finds(breach::stuck);
  x.stuck.clear();
  x.wrong = {"an answer"};
  finds(breach::wrong_answer);
}

BOOST_AUTO_TEST_SUITE_END()
