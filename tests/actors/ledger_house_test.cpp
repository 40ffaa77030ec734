#include "tests/actors/keeper_world.hpp"

#include "projections/state_rows.hpp"
#include "storage/head_file.hpp"
#include "tests/temporary_directory.hpp"

#include <algorithm>

using namespace signalbox;
using namespace signalbox::test;
namespace d = actor_defaults;

namespace {

struct house_world : keeper_world {
  temporary_directory dir;
  head_file head{dir.path() / "head"};

  house_world() {
    auto x = config();
    x.head = &head;
    BOOST_REQUIRE(start(x));
  }

  std::optional<std::uint64_t> marked() const {
    auto mark = head.read().value();
    return mark ? std::optional{to_integer(mark->index)} : std::nullopt;
  }

  std::uint64_t stored_size() const {
    ledger_state out;
    state_loader loader{out};
    store.scan("", [&](auto key, auto row) { return loader.load(key, row); })
        .value();
    return out.size;
  }

  /// Whether what is stored is this state, whole.
  bool is_stored() const {
    ledger_state out;
    state_loader loader{out};
    bool whole = true;
    store
        .scan("",
              [&](auto key, auto row) { return whole = loader.load(key, row); })
        .value();
    return whole && loader.finish() && out.hash == hash() &&
           out.size == keeper->state().size;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_house, house_world)

BOOST_AUTO_TEST_CASE(a_tick_comes_at_a_periods_turn_and_not_twice) {
  BOOST_CHECK(keeper->beat().empty());
  pass(std::chrono::milliseconds{default_head_life / 2});
  auto own = keeper->beat();
  BOOST_REQUIRE_EQUAL(own.size(), 1U);
  BOOST_CHECK(keeper->beat().empty()); // in flight
  carry_all(own);
  BOOST_CHECK(keeper->state().log_time == wall);
  BOOST_CHECK(keeper->beat().empty()); // the period has begun
}

BOOST_AUTO_TEST_CASE(a_node_that_was_taken_out_proposes_nothing_of_its_own) {
  const auto as_node = static_cast<role_mask>(role::node);
  for (const bool active : {false, true}) {
    facts.put_principal(facts.node, as_node, active);
    write_facts();
    keeper->follow();
    pass(std::chrono::milliseconds{default_head_life / 2});
    auto own = keeper->beat();
    BOOST_CHECK_EQUAL(own.size(), active ? 1U : 0U);
    BOOST_CHECK(is_stored());
  }
}

BOOST_AUTO_TEST_CASE(a_tick_that_failed_comes_again) {
  pass(std::chrono::milliseconds{default_head_life / 2});
  auto own = keeper->beat();
  BOOST_REQUIRE_EQUAL(own.size(), 1U);
  BOOST_REQUIRE(keeper->admit(own[0]));
  keeper->on(failure{errc::read_only, "full"}, *own[0]);
  BOOST_CHECK_EQUAL(keeper->beat().size(), 1U);
}

BOOST_AUTO_TEST_CASE(the_start_tick_tells_when_it_is_judged) {
  int judged = 0;
  auto tick = keeper->make_tick([&] { ++judged; });
  BOOST_REQUIRE(keeper->admit(tick));
  BOOST_CHECK_EQUAL(judged, 0);
  append(*tick);
  keeper->follow();
  BOOST_CHECK_EQUAL(judged, 1);
}

BOOST_AUTO_TEST_CASE(a_beat_saves_what_was_folded) {
  keeper->beat();
  auto writes = store.writes.load();
  BOOST_CHECK_EQUAL(writes, 1); // what was folded at start
  BOOST_CHECK(is_stored());
  carry(new_proposal("ann", in));
  keeper->beat();
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(only_what_changed_is_saved) {
  keeper->finish();
  carry(new_proposal("ann", in));
  keeper->beat();
  // A principal, its version, a segment of the journal, ledger and position.
  BOOST_CHECK_EQUAL(store.last_puts.load(), 5U);
  auto writes = store.writes.load();
  keeper->beat();
  BOOST_CHECK_EQUAL(store.writes.load(), writes);
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(a_save_that_failed_is_made_up_for) {
  keeper->finish();
  store.fail_writes = true;
  carry(new_proposal("ann", in));
  keeper->beat();
  BOOST_CHECK_EQUAL(status.save_failures.load(), 1U);
  BOOST_CHECK(warned_of("not saved"));
  keeper->beat(); // not again before there is something new
  BOOST_CHECK_EQUAL(status.save_failures.load(), 1U);
  store.fail_writes = false;
  carry(new_proposal("bob", in));
  keeper->beat();
  BOOST_CHECK(is_stored());
}

/// A kill would leave a state that is ahead of its log.
BOOST_AUTO_TEST_CASE(a_state_waits_until_its_log_is_kept) {
  keeper->finish();
  const auto writes = store.writes.load();
  log.unkept = 1;
  carry(new_proposal("ann", in));
  keeper->beat();
  keeper->beat();
  BOOST_CHECK_EQUAL(store.writes.load(), writes);
  const auto with_ann = keeper->state().size;
  carry(new_proposal("bob", in)); // now that of ann is kept
  keeper->beat();
  BOOST_CHECK_EQUAL(store.writes.load(), writes + 1);
  BOOST_CHECK_EQUAL(stored_size(), with_ann);
  BOOST_CHECK(!keeper->finish());
  BOOST_CHECK(warned_of("not on the disk"));
  log.unkept = 0;
  keeper->beat();
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(keys_that_went_while_saves_failed_stay_gone) {
  facts.put_keys(key_status::active, key_status::active);
  write_facts();
  keeper->follow();
  keeper->finish();
  store.fail_writes = true;
  facts.put_keyset(facts.next_keyset()); // without the second key
  write_facts();
  keeper->follow();
  keeper->beat();
  BOOST_CHECK_EQUAL(status.save_failures.load(), 1U);
  store.fail_writes = false;
  keeper->finish();
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(a_long_fold_saves_on_its_way) {
  inbox nobody;
  for (std::uint64_t i = 0; i < d::save_every; ++i)
    append(*new_proposal("p" + std::to_string(i), nobody));
  keeper->follow();
  BOOST_CHECK_EQUAL(store.writes.load(), 1);
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(the_head_file_follows_at_most_once_a_second) {
  keeper->beat();
  BOOST_CHECK(marked() == keeper->state().size - 1);
  auto first = *marked();
  carry(new_proposal("ann", in));
  pass(d::head_file_every - std::chrono::milliseconds{1});
  keeper->beat();
  BOOST_CHECK(marked() == first);
  pass(std::chrono::milliseconds{1});
  keeper->beat();
  BOOST_CHECK(marked() == first + 1);
}

BOOST_AUTO_TEST_CASE(an_orderly_stop_brings_state_and_head_file_up) {
  keeper->beat();
  carry(new_proposal("ann", in));
  keeper->finish();
  BOOST_CHECK(is_stored());
  BOOST_CHECK(marked() == keeper->state().size - 1);
}

BOOST_AUTO_TEST_CASE(a_head_file_that_cannot_be_written_is_warned_of) {
  head_file nowhere{dir.path() / "none" / "head"};
  auto x = config();
  x.head = &nowhere;
  BOOST_REQUIRE(start(x));
  keeper->beat();
  BOOST_CHECK(warned_of("head file was not written"));
  keeper->finish();
  BOOST_CHECK(is_stored());
}

BOOST_AUTO_TEST_CASE(the_clocks_difference_is_shown) {
  carry(new_proposal("ann", in));
  wall = wall + 7000;
  keeper->beat();
  BOOST_CHECK_EQUAL(status.clock_difference.load(), 7000);
}

BOOST_AUTO_TEST_CASE(a_quiet_ledger_is_no_wrong_clock) {
  carry(new_proposal("ann", in));
  pass(std::chrono::minutes{10});
  keeper->beat();
  BOOST_CHECK_EQUAL(status.clock_difference.load(), 0);
  BOOST_CHECK(!warned_of("clock"));
}

BOOST_AUTO_TEST_CASE(a_ledger_that_slept_is_no_wrong_clock_but_a_later_one_is) {
  wall = wall + 3'600'000; // before any entry since the start
  keeper->beat();
  BOOST_CHECK(!warned_of("clock"));
  wall = keeper->state().log_time + -6000;
  keeper->beat();
  BOOST_CHECK_EQUAL(status.clock_difference.load(), -6000);
  BOOST_CHECK(warned_of("clock is 6000 ms behind"));
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_is_told_once_each_time_it_goes_wrong) {
  auto told = [this] {
    return std::count_if(warnings.begin(), warnings.end(), [](auto& x) {
      return x.find("clock is") != std::string::npos;
    });
  };
  carry(new_proposal("ann", in));
  wall = wall + d::clock_alarm;
  keeper->beat();
  BOOST_CHECK_EQUAL(told(), 0);
  wall = wall + 1;
  keeper->beat();
  keeper->beat();
  BOOST_CHECK_EQUAL(told(), 1);
  BOOST_CHECK(warned_of("ahead of"));
  wall = wall + -1000;
  keeper->beat();
  wall = wall + 1000;
  keeper->beat();
  BOOST_CHECK_EQUAL(told(), 2);
}

BOOST_AUTO_TEST_SUITE_END()
