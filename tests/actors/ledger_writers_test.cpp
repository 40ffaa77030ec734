#include "tests/actors/keeper_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
namespace d = actor_defaults;

namespace {

struct writers_world : keeper_world {
  writers_world() { run(); }

  /// Takes in n proposals of one principal, which nothing answers.
  std::size_t admit_many(std::size_t n, std::string_view who) {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < n; ++i)
      taken += keeper->admit(idle(who)) ? 1U : 0U;
    return taken;
  }

  std::shared_ptr<proposal> idle(std::string_view who, std::size_t bytes = 10) {
    auto out = std::make_shared<proposal>();
    out->id = facts.id<event_id>("idle " + std::to_string(++idle_made));
    out->principal = facts.id<principal_id>(who);
    out->record.resize(bytes);
    out->answer = in.door();
    return out;
  }

  void fill() {
    for (auto who : {"a", "b", "c"})
      admit_many(d::max_in_flight_per_principal, who);
    admit_many(d::max_in_flight - d::urgent_slots -
                   3 * d::max_in_flight_per_principal,
               "d");
  }

  /// Proposes the draft of an attempt at a command that expects version 0.
  std::shared_ptr<proposal> attempt(std::uint32_t n, inbox& to) {
    auto x = context("race");
    x.attempt = n;
    auto draft = new_principal("raced");
    return encode(draft, x, to);
  }

  std::uint64_t idle_made = 0;
};

const failure lost{errc::pending, "the disk did not answer"};
const failure full{errc::read_only, "the disk is full"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_writers, writers_world)

BOOST_AUTO_TEST_CASE(an_outcome_comes_with_a_view_that_shows_it) {
  carry(new_proposal("ann", in));
  BOOST_REQUIRE(in.accepted());
  BOOST_CHECK(in.last->seen->access->principals.contains(
      facts.id<principal_id>("ann")));
  BOOST_CHECK(in.last->seen == shown.load()->data); // published before answered
  BOOST_CHECK(in.last->seen->judge(in.last->token));
  BOOST_CHECK_EQUAL(in.last->version, 1U);
  BOOST_CHECK(in.last->index == log_index{keeper->state().size - 1});
  BOOST_CHECK_EQUAL(status.in_flight.load(), 0U);
}

BOOST_AUTO_TEST_CASE(a_void_outcome_is_told_with_its_reason) {
  carry(new_proposal("ann", in));
  carry(new_proposal("ann", other));
  BOOST_REQUIRE(other.last && !other.last->refused);
  BOOST_CHECK_EQUAL(other.last->result, outcome::conflict);
  BOOST_CHECK(!other.last->replayed);
  BOOST_CHECK_EQUAL(other.last->version, 1U);
  BOOST_CHECK(!other.last->winner); // only a channel has one
}

BOOST_AUTO_TEST_CASE(a_lost_channel_names_the_entry_that_won) {
  auto publication = [&](int number, std::string_view version) {
    proposal_draft out;
    out.body = facts.publication(number, version);
    out.expected = {expectation::kind::none, 0};
    for (int i = 0; i < 3; ++i)
      out.add_part("a part");
    return out;
  };
  auto by_publisher = [&] {
    auto out = context();
    out.principal = facts.publisher;
    return out;
  };
  carry(encode(publication(1, "1.0.0"), by_publisher(), in));
  BOOST_REQUIRE(in.accepted());
  carry(encode(publication(2, "1.0.1"), by_publisher(), other));
  BOOST_REQUIRE(other.last && !other.last->refused);
  BOOST_CHECK_EQUAL(other.last->result, outcome::conflict);
  BOOST_CHECK(other.last->winner == in.last->index);
}

BOOST_AUTO_TEST_CASE(a_repeated_command_gets_the_recorded_outcome) {
  auto x = new_proposal("ann", in, "once");
  carry(x);
  auto decided = in.last->index;
  auto again = new_proposal("ann", other, "once");
  carry(again);
  BOOST_REQUIRE(other.accepted());
  BOOST_CHECK(other.last->replayed);
  BOOST_CHECK(other.last->index == decided);
}

BOOST_AUTO_TEST_CASE(two_waiters_of_one_command_are_both_answered) {
  auto first = new_proposal("ann", in, "once");
  auto second = new_proposal("ann", other, "once");
  BOOST_REQUIRE(keeper->admit(first));
  BOOST_REQUIRE(keeper->admit(second));
  append(*first);
  append(*second);
  keeper->follow();
  BOOST_CHECK(in.accepted());
  BOOST_CHECK(other.accepted());
  BOOST_CHECK(in.last->index == other.last->index);
  BOOST_CHECK_EQUAL(in.count + other.count, 2);
}

BOOST_AUTO_TEST_CASE(two_requests_under_one_key_get_each_its_own_outcome) {
  auto first = new_proposal("ann", in, "key");
  auto x = context("key");
  x.request = sha256(as_bytes(std::string{"another request"}));
  auto second = encode(new_principal("bob"), x, other);
  BOOST_REQUIRE(keeper->admit(first));
  BOOST_REQUIRE(keeper->admit(second));
  append(*first);
  append(*second);
  keeper->follow();
  BOOST_CHECK(in.accepted());
  BOOST_REQUIRE(other.last && !other.last->refused);
  BOOST_CHECK_EQUAL(other.last->result, outcome::key_reused);
}

BOOST_AUTO_TEST_CASE(one_principal_cannot_take_all_slots) {
  BOOST_CHECK_EQUAL(admit_many(d::max_in_flight_per_principal + 3, "greedy"),
                    d::max_in_flight_per_principal);
  BOOST_CHECK_EQUAL(in.refusal(), errc::overloaded);
  BOOST_CHECK_EQUAL(in.count, 3);
  BOOST_CHECK_EQUAL(status.overloads.load(), 3U);
  BOOST_CHECK(keeper->admit(idle("other")));
}

BOOST_AUTO_TEST_CASE(the_last_slot_is_for_urgent_proposals) {
  fill();
  BOOST_CHECK(!keeper->admit(idle("e")));
  BOOST_CHECK_EQUAL(in.refusal(), errc::overloaded);
  auto urgent = idle("a"); // even of a principal that holds its share
  urgent->urgent = true;
  BOOST_CHECK(keeper->admit(urgent));
  auto one_more = idle("e");
  one_more->urgent = true;
  BOOST_CHECK(!keeper->admit(one_more));
}

BOOST_AUTO_TEST_CASE(bytes_in_flight_are_bounded_but_a_revert_fits) {
  std::size_t taken = 0;
  while (keeper->admit(idle("a", max_record_bytes)))
    ++taken;
  BOOST_CHECK_EQUAL(taken, d::max_in_flight_bytes / max_record_bytes);
  BOOST_CHECK_EQUAL(in.refusal(), errc::overloaded);
  auto urgent = idle("a", max_record_bytes);
  urgent->urgent = true;
  BOOST_CHECK(keeper->admit(urgent));
}

BOOST_AUTO_TEST_CASE(answered_proposals_give_their_slots_back) {
  auto n = d::max_in_flight_per_principal;
  std::vector<std::shared_ptr<proposal>> held;
  for (std::size_t i = 0; i < n; ++i) {
    held.push_back(idle("a", 1000));
    BOOST_REQUIRE(keeper->admit(held.back()));
  }
  for (auto& x : held)
    keeper->on(full, *x);
  BOOST_CHECK_EQUAL(status.in_flight.load(), 0U);
  BOOST_CHECK_EQUAL(admit_many(n, "a"), n);
}

BOOST_AUTO_TEST_CASE(a_refused_append_is_final) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(full, *x);
  BOOST_CHECK_EQUAL(in.refusal(), errc::read_only);
  BOOST_CHECK_EQUAL(why_not(x->id), errc::not_found);
  pass(d::answer_within * 10);
  auto own = keeper->beat();
  BOOST_CHECK(own.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_append_is_pending_until_it_shows) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(lost, *x);
  BOOST_CHECK_EQUAL(in.refusal(), errc::pending);
  BOOST_CHECK_EQUAL(why_not(x->id), errc::pending);
  append(*x);
  keeper->follow();
  BOOST_CHECK(!ask(x->id).refused);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::accepted);
  BOOST_CHECK_EQUAL(in.count, 1);
  pass(d::answer_within * 10);
  BOOST_CHECK(keeper->beat().empty()); // nothing left to close
}

BOOST_AUTO_TEST_CASE(a_lost_append_that_never_shows_is_closed_once) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(lost, *x);
  pass(std::chrono::milliseconds{d::command_life});
  BOOST_CHECK(keeper->beat().empty()); // it may still come
  pass(std::chrono::milliseconds{d::command_life + 1});
  auto own = keeper->beat();
  BOOST_REQUIRE_EQUAL(own.size(), 1U);
  BOOST_CHECK(keeper->beat().empty()); // it is under way
  carry_all(own);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::closed);
  BOOST_CHECK(keeper->beat().empty());
  append(*x); // too late: the first of the two in the log wins
  keeper->follow();
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::closed);
  BOOST_CHECK(!knows("ann"));
}

BOOST_AUTO_TEST_CASE(a_node_whose_clock_is_behind_closes_as_soon) {
  auto x = new_proposal("ann", in);
  wall = wall + -3'600'000;
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(lost, *x);
  pass(std::chrono::milliseconds{2 * d::command_life + 1});
  carry_all(keeper->beat());
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::closed);
}

BOOST_AUTO_TEST_CASE(a_close_that_the_log_refuses_is_tried_again) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(lost, *x);
  pass(std::chrono::milliseconds{3 * d::command_life});
  auto own = keeper->beat();
  BOOST_REQUIRE_EQUAL(own.size(), 1U);
  BOOST_REQUIRE(keeper->admit(own[0]));
  keeper->on(full, *own[0]);
  BOOST_CHECK_EQUAL(why_not(x->id), errc::pending);
  auto again = keeper->beat();
  BOOST_REQUIRE_EQUAL(again.size(), 1U);
  carry_all(again);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::closed);
}

BOOST_AUTO_TEST_CASE(a_close_that_comes_second_leaves_the_outcome) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  keeper->on(lost, *x);
  pass(std::chrono::milliseconds{3 * d::command_life});
  auto own = keeper->beat();
  wall = x->not_after; // as the log's clock had it
  append(*x);
  keeper->follow();
  carry_all(own);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::accepted);
  BOOST_CHECK(knows("ann"));
}

BOOST_AUTO_TEST_CASE(the_nodes_own_lost_entries_are_not_closed) {
  auto tick = keeper->make_tick();
  BOOST_REQUIRE(keeper->admit(tick));
  keeper->on(lost, *tick);
  pass(std::chrono::milliseconds{3 * d::command_life});
  BOOST_CHECK(keeper->beat().empty());
}

BOOST_AUTO_TEST_CASE(a_late_log_is_told_as_pending_and_settled_later) {
  auto x = new_proposal("ann", in);
  BOOST_REQUIRE(keeper->admit(x));
  pass(d::answer_within - std::chrono::milliseconds{1});
  keeper->beat();
  BOOST_CHECK_EQUAL(in.count, 0);
  pass(std::chrono::milliseconds{1});
  keeper->beat();
  BOOST_CHECK_EQUAL(in.refusal(), errc::pending);
  BOOST_CHECK_EQUAL(status.in_flight.load(), 0U);
  BOOST_CHECK_EQUAL(why_not(x->id), errc::pending);
  append(*x);
  keeper->follow();
  BOOST_CHECK_EQUAL(in.count, 1);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::accepted);
}

BOOST_AUTO_TEST_CASE(a_lost_race_is_not_the_last_word_while_a_retry_runs) {
  carry(new_proposal("raced", in));
  carry(attempt(0, in));
  BOOST_CHECK_EQUAL(in.last->result, outcome::conflict);
  auto x = attempt(1, other);
  BOOST_REQUIRE(keeper->admit(x));
  BOOST_CHECK_EQUAL(why_not(x->id), errc::pending);
  keeper->on(lost, *x);
  BOOST_CHECK_EQUAL(why_not(x->id), errc::pending);
  pass(std::chrono::milliseconds{3 * d::command_life});
  auto own = keeper->beat();
  BOOST_REQUIRE_EQUAL(own.size(), 1U);
  carry_all(own);
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::closed);
}

BOOST_AUTO_TEST_CASE(an_earlier_attempt_that_shows_late_settles_no_later_one) {
  carry(new_proposal("raced", other));
  auto first = attempt(0, in);
  BOOST_REQUIRE(keeper->admit(first));
  keeper->on(lost, *first);
  auto second = attempt(1, other);
  BOOST_REQUIRE(keeper->admit(second));
  keeper->on(lost, *second);
  append(*first);
  keeper->follow();
  BOOST_CHECK_EQUAL(why_not(second->id), errc::pending);
  append(*second);
  keeper->follow();
  BOOST_CHECK_EQUAL(ask(second->id).result, outcome::conflict);
}

BOOST_AUTO_TEST_CASE(who_may_not_close_a_lost_command_says_so) {
  carry(new_proposal("raced", other));
  auto x = attempt(0, other);
  append(*x);
  keeper->follow();
  BOOST_CHECK_EQUAL(ask(x->id).result, outcome::conflict);
  auto no_member = config();
  no_member.node = ledger_fixture::id<principal_id>("a stranger");
  keeper.reset();
  BOOST_REQUIRE(start(std::move(no_member)));
  const auto asked = ask(x->id, true);
  BOOST_REQUIRE(asked.refused.has_value());
  BOOST_CHECK_EQUAL(asked.refused->code, errc::unavailable);
}

BOOST_AUTO_TEST_CASE(a_moved_ledger_tells_a_lost_command_as_it_is) {
  carry(new_proposal("raced", other));
  auto x = attempt(0, other);
  append(*x);
  proposal_draft moved;
  moved.body = event::ledger_moved{};
  moved.add_part("elsewhere");
  append(*encode(std::move(moved), context(), in));
  keeper->follow();
  const auto asked = ask(x->id, true);
  BOOST_REQUIRE(!asked.refused);
  BOOST_CHECK_EQUAL(asked.result, outcome::conflict);
}

BOOST_AUTO_TEST_CASE(an_outcome_is_for_the_attempt_that_waits) {
  carry(new_proposal("raced", other));
  auto first = attempt(0, in);
  BOOST_REQUIRE(keeper->admit(first));
  keeper->on(lost, *first);
  auto second = attempt(1, other);
  BOOST_REQUIRE(keeper->admit(second));
  auto before = other.count;
  append(*first);
  keeper->follow();
  BOOST_CHECK_EQUAL(other.count, before);
  append(*second);
  keeper->follow();
  BOOST_CHECK_EQUAL(other.count, before + 1);
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_not_found) {
  BOOST_CHECK_EQUAL(why_not(facts.id<event_id>("never")), errc::not_found);
}

BOOST_AUTO_TEST_CASE(a_fold_that_stops_answers_what_came_before_it) {
  facts.raise_fold();
  write_facts();
  keeper->follow();
  auto x = new_proposal("ann", in);
  auto late = new_proposal("bob", other);
  BOOST_REQUIRE(keeper->admit(x));
  BOOST_REQUIRE(keeper->admit(late));
  append(*x);
  proposal_draft activation;
  activation.body = event::fold_activated{newest_fold_version + 1};
  inbox nobody;
  append(*encode(activation, context(), nobody));
  append(*late);
  keeper->follow();
  BOOST_CHECK(in.accepted());
  BOOST_CHECK(knows("ann"));
  BOOST_CHECK(!knows("bob"));
  BOOST_CHECK(!status.write_problem().empty());
  BOOST_CHECK_EQUAL(other.count, 0);
  inbox refused;
  BOOST_CHECK(!keeper->admit(new_proposal("eve", refused)));
  BOOST_CHECK_EQUAL(refused.refusal(), errc::unavailable);
  // "Not found" would be a guess: the log goes on behind the fold.
  BOOST_CHECK_EQUAL(why_not(facts.id<event_id>("x")), errc::unavailable);
  pass(d::answer_within);
  keeper->beat();
  BOOST_CHECK_EQUAL(other.refusal(), errc::pending);
}

BOOST_AUTO_TEST_CASE(a_gap_in_the_log_stops_the_fold) {
  auto before = seen().size;
  inbox nobody;
  append(*new_proposal("ann", nobody));
  log.misnumber = true;
  keeper->follow();
  BOOST_CHECK(status.read_problem().find("not the next") != std::string::npos);
  BOOST_CHECK_EQUAL(seen().size, before);
  keeper->follow(); // does not spin
}

BOOST_AUTO_TEST_CASE(a_keeper_that_goes_tells_who_waits) {
  BOOST_REQUIRE(keeper->admit(new_proposal("ann", in)));
  BOOST_REQUIRE(keeper->admit(new_proposal("bob", other)));
  keeper->abandon();
  BOOST_CHECK_EQUAL(in.refusal(), errc::pending);
  BOOST_CHECK_EQUAL(other.refusal(), errc::pending);
  BOOST_CHECK_EQUAL(status.in_flight.load(), 0U);
  keeper.reset();
  BOOST_CHECK_EQUAL(in.count + other.count, 2);
}

BOOST_AUTO_TEST_CASE(many_entries_are_folded_in_several_published_batches) {
  inbox nobody;
  auto before = shown.generation();
  for (std::size_t i = 0; i < d::fold_batch + 1; ++i)
    append(*new_proposal("p" + std::to_string(i), nobody));
  keeper->follow();
  BOOST_CHECK_EQUAL(keeper->state().size, to_integer(log.end()));
  BOOST_CHECK_EQUAL(shown.generation(), before + 2);
}

BOOST_AUTO_TEST_SUITE_END()
