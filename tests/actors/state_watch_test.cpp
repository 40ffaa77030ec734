#include "actors/state_watch.hpp"

#include <chrono>
#include <thread>

#include "projections/state_rows.hpp"
#include "tests/actors/keeper_world.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using namespace std::chrono_literals;

/// A node among others that may tell it what their folds came to.
struct watched_node : keeper_world {
  watched_node() {
    for (auto* name : {"b", "c"})
      facts.put_principal(other_node(name), static_cast<role_mask>(role::node));
    facts.publish(1, "1.0.0");
    write_facts();
    exchange.listen([this](auto& x) { said.push_back(x); });
  }

  static principal_id other_node(std::string_view name) {
    return ledger_fixture::id<principal_id>(name);
  }

  result<void> start_watched() {
    auto x = config();
    x.exchange = &exchange;
    return start(std::move(x));
  }

  void run_watched() { BOOST_REQUIRE(start_watched()); }

  /// The stored state is whole, of this log, and wrong.
  void store_wrong_state() {
    auto wrong = facts.state;
    wrong.profiles.put(wrong.hash, "claude-code/lost", {});
    state_batch rows;
    drain_rows(wrong, [&](std::string key, std::string row, bool) {
      rows.puts.emplace_back(std::move(key), std::move(row));
    });
    store.write(rows).value();
  }

  /// What a node whose fold is right says of the log as it is.
  state_hashed right() const { return announce(place_of(facts.state)); }

  state_hashed other_state() const {
    auto out = right();
    ++out.state.value[0];
    return out;
  }
  state_hashed other_history() const {
    auto out = right();
    ++out.chain.value[0];
    return out;
  }

  void hear(std::string_view from, const state_hashed& x) {
    exchange.offer({other_node(from), x});
    keeper->beat();
  }

  /// Beats until it holds: the log is folded again on a thread of its own.
  template <class F>
  void beat_until(F holds) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
      BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
      keeper->beat();
      std::this_thread::yield();
    }
  }

  bool alarmed_of(std::string_view what) const {
    for (auto& x : alarms)
      if (x.find(what) != std::string::npos)
        return true;
    return false;
  }

  std::vector<std::string> alarms;
  std::vector<state_hashed> said;
  state_exchange exchange{[this](std::string x) { alarms.push_back(x); }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(folds_of_nodes, watched_node)

BOOST_AUTO_TEST_CASE(a_node_says_what_it_came_to_once_a_minute_is_quiet) {
  run_watched();
  pass(59'999ms);
  keeper->beat();
  BOOST_TEST(said.empty());
  pass(1ms);
  keeper->beat();
  BOOST_REQUIRE_EQUAL(said.size(), 1u);
  BOOST_CHECK(said[0] == right());
  pass(1h);
  keeper->beat();
  BOOST_TEST(said.size() == 1u); // once for an entry
  facts.say(event::tick{});
  write_facts();
  keeper->follow();
  pass(59s);
  keeper->beat();
  BOOST_TEST(said.size() == 1u);
  pass(1s);
  keeper->beat();
  BOOST_REQUIRE_EQUAL(said.size(), 2u);
  BOOST_CHECK(said[1] == right());
}

BOOST_AUTO_TEST_CASE(a_busy_node_says_it_at_each_1024th_entry) {
  run_watched();
  std::vector<state_hashed> wanted;
  while (facts.state.size < 2 * 1024 + 10) {
    facts.say(event::tick{});
    if (facts.state.size % 1024 == 0)
      wanted.push_back(right());
  }
  write_facts();
  keeper->follow();
  keeper->beat();
  BOOST_REQUIRE_EQUAL(wanted.size(), 2u);
  BOOST_CHECK(said == wanted);
  // What is folded at a start was said by others long ago.
  said.clear();
  keeper.reset();
  BOOST_REQUIRE(store.clear());
  run_watched();
  keeper->beat();
  BOOST_TEST(said.empty());
  // But it knows what they may say of it.
  hear("b", wanted[0]);
  BOOST_TEST(status.state_agreements == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_alone_on_its_log_compares_nothing) {
  run();
  pass(1h);
  keeper->beat();
  BOOST_TEST(said.empty());
}

BOOST_AUTO_TEST_CASE(the_words_of_members_count_and_ones_own_do_not) {
  run_watched();
  hear("b", right());
  BOOST_TEST(status.state_agreements == 1u);
  exchange.offer({facts.node, other_history()});
  exchange.offer({other_node("nobody"), other_history()});
  keeper->beat();
  BOOST_TEST(status.state_agreements == 1u);
  BOOST_TEST(status.state_disagreements == 0u);
  BOOST_TEST(status.state_alarms == 0u);
  BOOST_TEST(status.state_refolds == 0u);
  BOOST_TEST(alarms.empty());
}

BOOST_AUTO_TEST_CASE(another_layout_of_rows_is_no_disagreement) {
  run_watched();
  auto newer = other_state();
  ++newer.layout;
  hear("b", newer);
  BOOST_TEST(status.state_agreements == 0u);
  BOOST_TEST(status.state_disagreements == 0u);
  BOOST_TEST(alarms.empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_state_is_replaced_served_and_stored) {
  store_wrong_state();
  run_watched();
  BOOST_REQUIRE(hash() != facts.state.hash);
  hear("b", right());
  BOOST_TEST(status.state_disagreements == 1u);
  BOOST_TEST(alarmed_of("the state hash at entry"));
  beat_until([&] { return status.state_repairs == 1u; });
  BOOST_CHECK(hash() == facts.state.hash);
  BOOST_CHECK(seen().hash == facts.state.hash);
  BOOST_CHECK(seen().chain == facts.state.chain);
  BOOST_TEST(status.state_alarms == 0u);
  BOOST_TEST(alarmed_of("was wrong"));
  BOOST_TEST(status.write_problem() == "");
  // The others need not wait for a minute to hear of it.
  BOOST_REQUIRE_EQUAL(said.size(), 1u);
  BOOST_CHECK(said[0] == right());
  // It is what a restart begins with.
  keeper->finish();
  warnings.clear();
  run();
  BOOST_CHECK(hash() == facts.state.hash);
  BOOST_TEST(!warned_of("stored state"));
}

BOOST_AUTO_TEST_CASE(what_came_while_the_log_was_folded_again_is_kept) {
  store_wrong_state();
  run_watched();
  hear("b", right());
  BOOST_REQUIRE_EQUAL(status.state_refolds.load(), 1u);
  carry(new_proposal("somebody", in)); // before anybody looks at what came out
  BOOST_TEST(in.accepted());
  beat_until([&] { return status.state_repairs == 1u; });
  BOOST_TEST(knows("somebody"));
  const auto mended = hash();
  keeper.reset();
  BOOST_REQUIRE(store.clear());
  run();
  BOOST_CHECK(hash() == mended);
}

BOOST_AUTO_TEST_CASE(a_node_that_gets_its_own_state_again_stays_and_alarms) {
  run_watched();
  const auto before = shown.generation();
  hear("b", other_state());
  BOOST_TEST(status.state_alarms == 1u);
  beat_until([&] { return alarmed_of("it stays"); });
  BOOST_TEST(status.state_repairs == 0u);
  BOOST_TEST(status.state_alarms == 1u);
  BOOST_CHECK(hash() == facts.state.hash);
  BOOST_TEST(shown.generation() == before);
  // The histories are one: it is not for this node to stop.
  BOOST_TEST(status.write_problem() == "");
  carry(new_proposal("somebody", in));
  BOOST_TEST(in.accepted());
}

BOOST_AUTO_TEST_CASE(a_node_that_lies_on_cannot_keep_another_one_folding) {
  run_watched();
  hear("b", other_state());
  beat_until([&] { return alarmed_of("it stays"); });
  for (int i = 0; i < 10; ++i) {
    facts.say(event::tick{});
    write_facts();
    keeper->follow();
    hear("b", other_state());
  }
  pass(599s);
  keeper->beat();
  BOOST_TEST(status.state_refolds == 1u);
  BOOST_TEST(status.state_disagreements == 11u);
  pass(1s);
  keeper->beat();
  BOOST_TEST(status.state_refolds == 2u);
}

BOOST_AUTO_TEST_CASE(the_alarm_ends_when_the_other_one_agrees_again) {
  run_watched();
  hear("b", other_state());
  BOOST_TEST(status.state_alarms == 1u);
  hear("b", right());
  BOOST_TEST(status.state_alarms == 0u);
  BOOST_TEST(status.state_agreements == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_whose_history_has_no_majority_takes_no_commands) {
  run_watched();
  hear("b", other_history());
  BOOST_TEST(alarmed_of("no commands are taken"));
  BOOST_TEST(status.write_problem().find(other_node("b").hex()) !=
             std::string::npos);
  BOOST_TEST(status.read_problem() == "");
  BOOST_TEST(!keeper->admit(new_proposal("somebody", in)));
  BOOST_CHECK_EQUAL(in.refusal(), errc::unavailable);
  BOOST_TEST(keeper->admit(keeper->make_tick())); // time goes on
  // Two against one.
  hear("c", right());
  BOOST_TEST(status.write_problem() == "");
  BOOST_TEST(status.state_alarms == 1u);
  BOOST_TEST(keeper->admit(new_proposal("somebody", other)));
}

BOOST_AUTO_TEST_CASE(who_hears_another_history_says_its_own_at_once) {
  run_watched();
  BOOST_TEST(said.empty());
  hear("b", other_history());
  BOOST_REQUIRE_EQUAL(said.size(), 1u);
  BOOST_CHECK(said[0] == right());
  hear("b", other_history());
  BOOST_TEST(said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(linear_reads_want_a_majority_too) {
  run_watched();
  BOOST_TEST(!keeper->why_no_tick());
  hear("b", other_history());
  BOOST_REQUIRE(keeper->why_no_tick().has_value());
  BOOST_CHECK_EQUAL(keeper->why_no_tick()->code, errc::unavailable);
}

BOOST_AUTO_TEST_CASE(a_fold_that_is_started_again_knows_nothing_of_others) {
  run_watched();
  hear("b", other_history());
  BOOST_TEST(status.write_problem() != "");
  keeper.reset();
  run_watched();
  BOOST_TEST(status.write_problem() == "");
  BOOST_TEST(status.state_alarms == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_taken_out_stops_nobody_any_more) {
  run_watched();
  hear("b", other_history());
  BOOST_TEST(status.write_problem() != "");
  facts.put_principal(other_node("b"), static_cast<role_mask>(role::node),
                      false);
  write_facts();
  keeper->follow();
  keeper->beat();
  BOOST_TEST(status.write_problem() == "");
  BOOST_TEST(status.state_alarms == 0u);
}

BOOST_AUTO_TEST_CASE(a_log_that_cannot_be_read_again_is_told_and_tried_later) {
  store_wrong_state();
  run_watched();
  log.crash_reads = 1;
  hear("b", right());
  beat_until([&] { return alarmed_of("could not be folded again"); });
  BOOST_TEST(status.state_repairs == 0u);
  pass(10min);
  beat_until([&] { return status.state_repairs == 1u; });
  BOOST_CHECK(hash() == facts.state.hash);
}

BOOST_AUTO_TEST_CASE(a_node_stops_while_it_folds_its_log_again) {
  store_wrong_state();
  run_watched();
  hear("b", right());
  keeper->finish();
  keeper.reset(); // and does not wait for a fold of the whole log
  BOOST_TEST(status.state_repairs == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
