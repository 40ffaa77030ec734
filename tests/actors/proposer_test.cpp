#include <algorithm>

#include "tests/actors/proposer_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
namespace d = actor_defaults;

BOOST_FIXTURE_TEST_SUITE(proposer_suite, proposer_world)

BOOST_AUTO_TEST_CASE(a_command_is_carried_through) {
  start();
  submit(making("ann"));
  settle();
  BOOST_CHECK(told.accepted());
  BOOST_CHECK(knows("ann"));
  BOOST_CHECK_EQUAL(prepared, 1);
}

BOOST_AUTO_TEST_CASE(what_is_ready_at_once_is_proposed_together) {
  start();
  hold_proposals();
  const auto names = {"ann", "bob", "eve", "joe"};
  for (auto name : names)
    submit(making(name, name));
  settle();
  BOOST_CHECK((groups == std::vector<std::size_t>{2, 2})); // two proposers
  let_go();
  BOOST_CHECK_EQUAL(told.all.size(), 4U);
  for (auto name : names)
    BOOST_CHECK(knows(name));
}

/// Every second command goes to the same one of two proposers.
BOOST_AUTO_TEST_CASE(what_is_urgent_leaves_at_once) {
  start();
  hold_proposals();
  submit(told.make(context(), [](const view&) {
    auto draft = new_principal("ann");
    draft.urgent = true;
    return result<preparation>{std::move(draft)};
  }));
  for (auto name : {"bob", "eve", "joe"})
    submit(making(name, name));
  settle();
  std::sort(groups.begin(), groups.end());
  BOOST_CHECK((groups == std::vector<std::size_t>{1, 1, 2}));
  let_go();
  BOOST_CHECK_EQUAL(told.all.size(), 4U);
}

BOOST_AUTO_TEST_CASE(what_is_ready_leaves_in_bounded_groups) {
  start();
  hold_proposals();
  const auto count = 2 * (d::most_ready + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = "principal " + std::to_string(i);
    submit(making(name, name));
  }
  settle();
  std::sort(groups.begin(), groups.end());
  BOOST_CHECK(
      (groups == std::vector<std::size_t>{1, 1, d::most_ready, d::most_ready}));
  let_go();
  BOOST_CHECK_EQUAL(told.all.size(), count);
}

/// Else the second would be told that nothing of its key is in the log, just
/// before the first gets there.
BOOST_AUTO_TEST_CASE(no_question_overtakes_what_is_ready) {
  start();
  conclusions elsewhere, second;
  submit(making("ann", "key"));
  submit(elsewhere.make(context(), [](const view&) { // at the other proposer
    return result<preparation>{nothing_to_do{}};
  }));
  submit(second.make(context("key"), [](const view&) {
    return result<preparation>{failure{errc::validation_failed, "no"}};
  }));
  settle();
  BOOST_CHECK(told.accepted());
  BOOST_CHECK_EQUAL(second.refusal(), errc::pending);
}

BOOST_AUTO_TEST_CASE(a_command_that_cannot_be_prepared_is_not_proposed) {
  start();
  auto before = to_integer(log.end());
  submit(told.make(context(), [](const view&) {
    return result<preparation>{failure{errc::validation_failed, "no"}};
  }));
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::validation_failed);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_answered_with_the_view) {
  start();
  auto before = to_integer(log.end());
  submit(told.make(context(), [](const view&) {
    return result<preparation>{nothing_to_do{}};
  }));
  settle();
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  BOOST_CHECK(told.all[0].nothing);
  BOOST_CHECK(!told.all[0].answer.refused);
  BOOST_CHECK(told.all[0].answer.seen == shown.load()->data);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
}

BOOST_AUTO_TEST_CASE(a_check_that_throws_fails_its_command_alone) {
  start();
  conclusions bad;
  submit(bad.make(context(), [](const view&) -> result<preparation> {
    throw std::runtime_error("a bug");
  }));
  submit(making("ann"));
  settle();
  BOOST_CHECK_EQUAL(bad.refusal(), errc::bug);
  BOOST_CHECK(told.accepted());
  BOOST_CHECK_EQUAL(proposer_starts, 2);
}

BOOST_AUTO_TEST_CASE(a_lost_race_is_tried_again_under_the_newer_view) {
  start();
  submit(losing(1));
  settle();
  BOOST_CHECK(told.accepted());
  BOOST_CHECK_EQUAL(prepared, 2);
  auto id = make_event_id(facts.ledger, facts.administrator, "loser");
  BOOST_CHECK_EQUAL(told.all[0].answer.version, facts_version(seen()));
  int judged = 0;
  log.read(log_index{0},
           [&](const log_entry_view& x) {
             auto envelope = decode_envelope(envelope_of(x.record));
             if (envelope->id == id) {
               BOOST_CHECK_EQUAL(envelope->attempt, judged);
               ++judged;
             }
             return true;
           })
      .value();
  BOOST_CHECK_EQUAL(judged, 2);
}

BOOST_AUTO_TEST_CASE(a_changed_precondition_is_tried_again) {
  start();
  submit(told.make(context(), [this](const view& x) {
    auto draft = new_principal("ann");
    draft.preconditions = {
        {binding_aggregate(facts.client, facts.profile), facts_version(x)}};
    if (++prepared == 1)
      overtake_binding();
    return result<preparation>{std::move(draft)};
  }));
  settle();
  BOOST_CHECK(told.accepted());
  BOOST_CHECK_EQUAL(prepared, 2);
}

BOOST_AUTO_TEST_CASE(after_four_lost_races_the_writer_is_told) {
  start();
  submit(losing(100));
  settle();
  BOOST_CHECK_EQUAL(prepared, d::max_attempts);
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  BOOST_CHECK(!told.all[0].answer.refused);
  BOOST_CHECK_EQUAL(told.all[0].answer.result, outcome::conflict);
}

BOOST_AUTO_TEST_CASE(who_lost_for_good_is_told_once_the_log_says_so) {
  start();
  auto x = losing(100);
  const auto key = x->context.key;
  const auto principal = x->context.principal;
  submit(std::move(x));
  settle();
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  inbox later;
  caf::anon_send(directory->ledger(),
                 find_command{make_event_id(seen().ledger.id, principal, key),
                              later.door()});
  settle();
  BOOST_REQUIRE(later.last && !later.last->refused);
  BOOST_CHECK_EQUAL(later.last->result, outcome::closed);
}

BOOST_AUTO_TEST_CASE(
    a_changed_precondition_is_tried_again_for_a_named_version) {
  start();
  auto x = told.make(context(), [this](const view& y) {
    auto draft = new_principal("ann");
    draft.preconditions = {
        {binding_aggregate(facts.client, facts.profile), facts_version(y)}};
    if (++prepared == 1)
      overtake_binding();
    return result<preparation>{std::move(draft)};
  });
  x->may_retry = false;
  submit(std::move(x));
  settle();
  BOOST_CHECK(told.accepted());
  BOOST_CHECK_EQUAL(prepared, 2);
}

BOOST_AUTO_TEST_CASE(a_named_version_is_not_tried_again) {
  start();
  auto x = losing(1);
  x->may_retry = false;
  submit(std::move(x));
  settle();
  BOOST_CHECK_EQUAL(prepared, 1);
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  BOOST_CHECK_EQUAL(told.all[0].answer.result, outcome::conflict);
}

BOOST_AUTO_TEST_CASE(a_lost_attempt_is_told_as_final_only_once_it_is_closed) {
  start();
  auto x = losing(1);
  x->may_retry = false;
  const auto key = x->context.key;
  const auto principal = x->context.principal;
  submit(std::move(x));
  settle();
  const auto ask = [&] {
    inbox out;
    caf::anon_send(directory->ledger(),
                   find_command{make_event_id(seen().ledger.id, principal, key),
                                out.door(), true});
    settle();
    BOOST_REQUIRE(out.last.has_value());
    return *out.last;
  };
  // Another node might make the next attempt.
  auto asked = ask();
  BOOST_REQUIRE(asked.refused.has_value());
  BOOST_CHECK_EQUAL(asked.refused->code, errc::pending);
  advance(2 * d::next_attempt_within);
  asked = ask();
  BOOST_REQUIRE(!asked.refused);
  BOOST_CHECK_EQUAL(asked.result, outcome::closed);
}

BOOST_AUTO_TEST_CASE(other_void_outcomes_are_not_tried_again) {
  start();
  submit(told.make(context(), [this](const view&) {
    ++prepared;
    proposal_draft draft;
    draft.body = event::policy_bound{"nobody", "none", facts.policy, "1.0.0"};
    return result<preparation>{std::move(draft)};
  }));
  settle();
  BOOST_CHECK_EQUAL(prepared, 1);
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  BOOST_CHECK_EQUAL(told.all[0].answer.result, outcome::not_found);
}

BOOST_AUTO_TEST_CASE(without_a_ledger_a_command_is_refused) {
  start();
  directory->set_ledger(ledger_actor());
  submit(making("ann"));
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::unavailable);
  BOOST_CHECK_EQUAL(prepared, 0);
}

BOOST_AUTO_TEST_CASE(a_command_that_nobody_takes_is_concluded_once) {
  submit(making("ann")); // nothing was started
  BOOST_CHECK_EQUAL(told.refusal(), errc::unavailable);
  start();
  stop();
  submit(making("bob"));
  BOOST_CHECK_EQUAL(told.all.size(), 2U);
}

BOOST_AUTO_TEST_CASE(a_proposed_command_that_is_lost_is_pending_not_refused) {
  auto x = making("ann");
  x->proposed = true;
  x.reset();
  BOOST_CHECK_EQUAL(told.refusal(), errc::pending);
}

BOOST_AUTO_TEST_CASE(a_command_after_a_long_sleep_is_not_late) {
  start();
  wall = wall + 3'600'000; // the machine slept: the steady clock stood still
  submit(making("ann"));
  settle();
  BOOST_CHECK(told.accepted());
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_is_set_back_does_not_make_it_late) {
  start();
  steady += std::chrono::hours{1};
  wall = wall + -7'200'000;
  submit(making("ann"));
  settle();
  BOOST_CHECK(told.accepted());
}

BOOST_AUTO_TEST_SUITE_END()
