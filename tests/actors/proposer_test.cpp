#include "actors/lanes.hpp"
#include "tests/actors/actor_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
namespace d = actor_defaults;

namespace {

struct proposer_world : actor_world {
  int prepared = 0;

  std::shared_ptr<command> making(std::string name, std::string key = {}) {
    return told.make(context(std::move(key)), [this, name](const view&) {
      ++prepared;
      return result<preparation>{new_principal(name)};
    });
  }

  /// Lets someone else make the principal before the command is folded.
  void overtake(std::string_view name) {
    inbox nobody;
    append(*new_proposal(name, nobody));
  }

  /// A command that expects the version that it sees, and loses `times` races.
  std::shared_ptr<command> losing(int times) {
    return told.make(context("loser"), [this, times](const view& x) {
      auto version = facts_version(x);
      if (++prepared <= times)
        overtake_binding();
      return result<preparation>{rebinding(version)};
    });
  }

  std::uint64_t facts_version(const view& x) const {
    return x.documents->find_profile(facts.client, facts.profile)
        ->binding_version;
  }

  proposal_draft rebinding(std::uint64_t version) const {
    proposal_draft draft;
    draft.body =
        event::policy_bound{facts.client, facts.profile, facts.policy, "1.0.0"};
    draft.expected = {expectation::kind::exactly, version};
    return draft;
  }

  std::shared_ptr<command> in_lane(conclusions& to, std::string lane) {
    auto out = to.make(context(), [this](const view&) {
      return result<preparation>{
          new_principal("principal " + std::to_string(++prepared))};
    });
    out->lane = std::move(lane);
    return out;
  }

  std::vector<std::shared_ptr<proposal>> held;
  std::vector<std::size_t> groups; ///< the sizes in which they came
  ledger_actor real_ledger;

  /// Keeps what is proposed from the ledger, as a log that hangs does.
  void hold_proposals() {
    real_ledger = directory->ledger();
    auto keep = [this](ledger_actor::pointer) -> ledger_actor::behavior_type {
      return {[this](const propose& x) {
                groups.push_back(x.what.size());
                held.insert(held.end(), x.what.begin(), x.what.end());
              },
              [](const find_command&) {},
              [](const close_command&) {},
              [](const advanced&) {},
              [](const append_failed&) {},
              [](const await_latest&) {},
              [](const tick_due&) {},
              [](const tick_judged&) {},
              [](const beat&) {}};
    };
    directory->set_ledger(system().spawn(keep));
  }

  void let_go() {
    directory->set_ledger(real_ledger);
    for (auto& x : std::exchange(held, {}))
      caf::anon_send(real_ledger, propose{{x}});
    real_ledger = nullptr;
    settle();
  }

  void overtake_binding() {
    inbox nobody;
    proposal_draft draft = rebinding(0);
    draft.expected = {expectation::kind::any, 0};
    append(*encode(draft, context(), nobody));
  }
};

} // namespace

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

BOOST_AUTO_TEST_CASE(commands_of_a_lane_do_not_race_each_other) {
  start();
  std::vector<conclusions> all(20);
  for (auto& x : all) {
    auto command = x.make(context(), [this](const view& v) {
      ++prepared;
      return result<preparation>{rebinding(facts_version(v))};
    });
    command->lane = "claude-code/default";
    submit(std::move(command));
  }
  settle();
  for (auto& x : all)
    BOOST_CHECK(x.accepted());
  BOOST_CHECK_EQUAL(prepared, 20); // no attempt was wasted
}

BOOST_AUTO_TEST_CASE(a_lane_goes_on_after_a_command_that_failed) {
  start();
  conclusions bad;
  auto first = bad.make(context(), [](const view&) {
    return result<preparation>{failure{errc::validation_failed, "no"}};
  });
  auto second = making("ann");
  auto third = making("bob");
  for (auto* x : {&first, &second, &third}) {
    (*x)->lane = "lane";
    submit(std::move(*x));
  }
  settle();
  BOOST_CHECK_EQUAL(bad.refusal(), errc::validation_failed);
  BOOST_CHECK_EQUAL(told.all.size(), 2U);
  BOOST_CHECK(knows("ann") && knows("bob"));
}

BOOST_AUTO_TEST_CASE(a_lane_that_is_full_refuses_at_once) {
  start();
  hold_proposals();
  std::vector<conclusions> all(d::max_queued_per_lane + 2);
  for (auto& x : all)
    submit(in_lane(x, "lane"));
  conclusions elsewhere;
  submit(in_lane(elsewhere, "another lane"));
  settle();
  // One is under way, the lane is full, the last was one too many.
  BOOST_CHECK_EQUAL(all.back().refusal(), errc::overloaded);
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    BOOST_REQUIRE(all[i].all.empty());
  let_go();
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    BOOST_REQUIRE(all[i].accepted());
  BOOST_CHECK(elsewhere.accepted());
}

BOOST_AUTO_TEST_CASE(all_lanes_together_are_bounded) {
  lanes x{{2, 3}};
  auto enter = [&](const char* lane) {
    auto y = std::make_shared<command>();
    y->lane = lane;
    return x.enter(y, {});
  };
  using enum lanes::turn;
  BOOST_CHECK(enter("a") == now && enter("b") == now);
  BOOST_CHECK(enter("a") == later && enter("a") == later);
  BOOST_CHECK(enter("a") == never); // the lane
  BOOST_CHECK(enter("b") == later);
  BOOST_CHECK(enter("b") == never); // all of them
  BOOST_CHECK(enter("c") == now);   // who need not wait takes no room
  command of_a;
  of_a.lane = "a";
  BOOST_CHECK(x.leave(of_a) != nullptr);
  BOOST_CHECK(enter("b") == later);
  BOOST_CHECK_EQUAL(x.expire({}).size(), 3U);
  BOOST_CHECK(!x.next_deadline());
  BOOST_CHECK(enter("b") == later); // its lane is still taken
}

BOOST_AUTO_TEST_CASE(a_queued_command_is_told_when_its_turn_does_not_come) {
  start();
  hold_proposals();
  conclusions first, second, third;
  submit(in_lane(first, "lane"));
  submit(in_lane(second, "lane"));
  settle();
  wait(std::chrono::seconds{4});
  submit(in_lane(third, "lane"));
  settle();
  wait(d::queue_within - std::chrono::seconds{4} -
       std::chrono::milliseconds{20});
  BOOST_CHECK(second.all.empty());
  advance(std::chrono::milliseconds{20});
  BOOST_REQUIRE_EQUAL(second.refusal(), errc::overloaded);
  BOOST_CHECK(!second.all[0].answer.refused->message.empty());
  BOOST_CHECK(third.all.empty());
  wait(std::chrono::seconds{4});
  BOOST_CHECK_EQUAL(third.refusal(), errc::overloaded);
  BOOST_CHECK_EQUAL(prepared, 1); // nothing of theirs was written
  let_go();
  BOOST_REQUIRE_EQUAL(first.all.size(), 1U);
  BOOST_CHECK_EQUAL(first.all[0].answer.result, outcome::expired);
  submit(in_lane(first, "lane")); // the lane is free again
  settle();
  BOOST_CHECK_EQUAL(prepared, 2);
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
