#include "actors/linear_readers.hpp"

#include <string>
#include <vector>

#include "tests/actors/actor_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;
namespace d = actor_defaults;

namespace {

/// What readers were told, in the order in which they were.
struct told_readers {
  std::vector<result<void>> all;

  std::shared_ptr<linear_reader> one() {
    return std::make_shared<linear_reader>(
        [this](result<void> x) { all.push_back(std::move(x)); });
  }

  std::size_t shown() const {
    std::size_t out = 0;
    for (auto& x : all)
      out += x.has_value();
    return out;
  }

  /// Why the last one is refused; `bug` if it is not.
  errc refusal() const {
    return all.empty() || all.back() ? errc::bug : all.back().error().code;
  }

  std::string why() const {
    return refusal() == errc::bug ? "" : all.back().error().message;
  }
};

/// The readers without the ledger around them.
struct readers_alone {
  told_readers told; // outlives those who are told at the end
  node_status status;
  linear_readers readers{status};
  linear_readers::time_point now{1h};

  void ask() { readers.add(told.one(), now); }

  bool may_leave() const {
    const auto due = readers.due();
    return due && *due <= now;
  }
};

/// The ledger's actor, and readers that ask it.
struct linear_world : actor_world {
  told_readers readers;

  ~linear_world() { stop(); } // tells those who wait

  void ask() {
    // As runtime::await_latest: who finds no ledger is dropped, and told.
    await_latest x{readers.one()};
    if (auto to = directory->ledger())
      caf::anon_send(to, std::move(x));
    settle();
  }

  std::uint64_t entries() const { return to_integer(log.end()); }

  /// That this is a node of the ledger, or is none: in the log, unannounced.
  void slip_in_node(bool active) {
    proposal_draft x;
    x.body = event::principal_put{facts.node,
                                  static_cast<role_mask>(role::node), active};
    x.expected = {expectation::kind::any, 0};
    log.slip_in(encode(x, context(), nobody)->record, wall);
  }

  inbox nobody;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(linear_readers_alone, readers_alone)

BOOST_AUTO_TEST_CASE(nobody_waits_and_no_tick_is_due) {
  BOOST_TEST(!readers.due());
  ask();
  BOOST_TEST(may_leave());
}

BOOST_AUTO_TEST_CASE(who_asks_while_a_tick_is_under_way_takes_the_next) {
  ask();
  readers.depart(now);
  ask();
  ask();
  now += 1s;
  BOOST_TEST(!readers.due()); // one at a time, however late it is
  readers.arrive({});
  BOOST_TEST(told.shown() == 1U);
  BOOST_TEST(may_leave());
  readers.depart(now);
  readers.arrive({});
  BOOST_TEST(told.shown() == 3U);
  BOOST_TEST(!readers.due());
  BOOST_TEST(status.linear_ticks.load() == 2U);
}

BOOST_AUTO_TEST_CASE(two_ticks_are_never_closer_than_the_limit) {
  ask();
  readers.depart(now);
  readers.arrive({});
  ask();
  now += d::linear_apart - 1ms;
  BOOST_TEST(!may_leave());
  now += 1ms;
  BOOST_TEST(may_leave());
}

BOOST_AUTO_TEST_CASE(a_tick_that_failed_is_told_to_those_that_rode_on_it) {
  ask();
  readers.depart(now);
  ask();
  readers.arrive(failure{errc::read_only, "the disk is full"});
  BOOST_TEST(told.all.size() == 1U);
  BOOST_TEST(told.refusal() == errc::read_only);
  BOOST_TEST(readers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_has_waited_too_long_is_refused_on_a_tick_or_before) {
  ask();
  readers.depart(now);
  now += 1s;
  ask();
  now += d::linear_within - 1s - 1ms;
  readers.expire(now);
  BOOST_TEST(told.all.empty());
  now += 1ms;
  readers.expire(now);
  BOOST_TEST(told.all.size() == 1U);
  BOOST_TEST(told.refusal() == errc::unavailable);
  now += 1s;
  readers.expire(now);
  BOOST_TEST(told.all.size() == 2U);
  BOOST_TEST(told.why().find("the log is late") != std::string::npos);
  BOOST_TEST(!readers.due()); // the tick is still under way
  readers.arrive({});
  BOOST_TEST(told.shown() == 0U); // and comes too late for both
}

BOOST_AUTO_TEST_CASE(more_than_may_wait_are_refused_at_once) {
  for (std::size_t i = 0; i < d::max_linear_readers / 2; ++i)
    ask();
  readers.depart(now); // those on their way count too
  while (readers.size() < d::max_linear_readers)
    ask();
  BOOST_TEST(told.all.empty());
  BOOST_TEST(status.linear_readers.load() == d::max_linear_readers);
  ask();
  BOOST_TEST(told.all.size() == 1U);
  BOOST_TEST(told.refusal() == errc::overloaded);
  readers.arrive({});
  ask();
  BOOST_TEST(told.refusal() == errc::bug);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_dropped_is_told) {
  told.one();
  BOOST_TEST(told.all.size() == 1U);
  BOOST_TEST(told.refusal() == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(only_an_accepted_tick_shows_what_is_newest) {
  command_answer x;
  BOOST_TEST(judge_tick(x).has_value());
  x.result = outcome::forbidden;
  BOOST_TEST(judge_tick(x).error().code == errc::unavailable);
  x.refused = failure{errc::pending, "who knows"};
  BOOST_TEST(judge_tick(x).error().code == errc::unavailable);
  x.refused = failure{errc::overloaded, "too many commands"};
  BOOST_TEST(judge_tick(x).error().code == errc::overloaded);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(linear_reading, linear_world)

BOOST_AUTO_TEST_CASE(a_reader_is_told_when_the_fold_has_passed_a_tick) {
  start();
  const auto before = entries();
  ask();
  BOOST_TEST(readers.shown() == 1U);
  BOOST_TEST(entries() == before + 1);
  BOOST_TEST(seen().size == entries());
}

BOOST_AUTO_TEST_CASE(a_reader_sees_what_another_node_wrote_before_it_asked) {
  start();
  const auto x = new_proposal("ann", nobody);
  log.slip_in(x->record, wall);
  settle();
  BOOST_TEST(!knows("ann")); // nobody announced it
  ask();
  BOOST_TEST(readers.shown() == 1U);
  BOOST_TEST(knows("ann"));
}

BOOST_AUTO_TEST_CASE(readers_that_come_together_share_a_tick) {
  start();
  const auto before = entries();
  for (int i = 0; i < 100; ++i)
    caf::anon_send(directory->ledger(), await_latest{readers.one()});
  settle();
  // The first finds nobody to wait for; the others do.
  BOOST_TEST(readers.shown() == 1U);
  advance(d::linear_apart);
  BOOST_TEST(readers.shown() == 100U);
  BOOST_TEST(entries() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_second_of_readers_costs_fifty_ticks_and_no_more) {
  start();
  const auto before = entries();
  for (int i = 0; i < 1000; ++i) {
    ask();
    advance(1ms);
  }
  advance(d::linear_apart);
  BOOST_TEST(readers.shown() == 1000U);
  BOOST_TEST(entries() - before <= 51U);
  BOOST_TEST(entries() - before >= 49U); // nor do readers wait for nothing
  BOOST_TEST(status.linear_ticks.load() == entries() - before);
  const auto after = entries();
  wait(1s);
  BOOST_TEST(entries() == after); // and none where nobody asks
}

BOOST_AUTO_TEST_CASE(a_log_that_does_not_answer_gives_no_stale_view) {
  start();
  log.on_append = faulty_log::fault::lose;
  ask();
  BOOST_TEST(readers.refusal() == errc::unavailable);
  BOOST_TEST(readers.why().find("the log is late") != std::string::npos);
  log.on_append = faulty_log::fault::refuse;
  advance(d::linear_apart);
  ask();
  BOOST_TEST(readers.refusal() == errc::read_only);
  BOOST_TEST(readers.why().find("the disk is full") != std::string::npos);
  log.on_append = faulty_log::fault::none;
  advance(d::linear_apart);
  ask();
  BOOST_TEST(readers.shown() == 1U);
}

BOOST_AUTO_TEST_CASE(a_tick_whose_fate_shows_late_helps_those_that_wait) {
  start();
  log.on_append = faulty_log::fault::finish_later;
  ask();
  BOOST_TEST(readers.all.size() == 1U); // it cannot know
  BOOST_TEST(readers.refusal() == errc::unavailable);
  log.on_append = faulty_log::fault::none;
  advance(d::beat);
  ask();
  BOOST_TEST(readers.shown() == 1U);
}

BOOST_AUTO_TEST_CASE(a_node_that_was_taken_out_refuses_and_writes_nothing) {
  start();
  slip_in_node(false);
  advance(d::beat);
  const auto before = entries();
  ask();
  BOOST_TEST(readers.refusal() == errc::unavailable);
  BOOST_TEST(readers.why().find("nodes add") != std::string::npos);
  BOOST_TEST(entries() == before);
  slip_in_node(true);
  advance(d::beat);
  ask();
  BOOST_TEST(readers.shown() == 1U);
}

BOOST_AUTO_TEST_CASE(a_node_taken_out_under_a_tick_that_waits_refuses_too) {
  start();
  ask();
  ask();
  BOOST_TEST(readers.all.size() == 1U); // the other waits for its time
  slip_in_node(false);                  // not folded before its tick is
  advance(d::linear_apart);
  BOOST_TEST(readers.shown() == 1U);
  BOOST_TEST(readers.refusal() == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(a_crash_tells_those_that_wait_and_the_next_start_serves) {
  start();
  log.on_append = faulty_log::fault::crash;
  ask();
  ask();
  BOOST_TEST(readers.all.size() >= 1U);
  BOOST_TEST(readers.refusal() == errc::unavailable);
  log.on_append = faulty_log::fault::none;
  wait(d::restart_delay * 2);
  const auto before = readers.all.size();
  ask();
  BOOST_TEST(readers.all.size() == before + 1);
  BOOST_TEST(readers.shown() == 1U);
}

BOOST_AUTO_TEST_CASE(a_stop_tells_those_that_wait) {
  start();
  ask();
  ask();
  BOOST_TEST(readers.all.size() == 1U);
  stop();
  BOOST_TEST(readers.all.size() == 2U);
  BOOST_TEST(readers.refusal() == errc::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(linear_reading_elsewhere)

BOOST_AUTO_TEST_CASE(a_replica_writes_no_tick_and_says_so) {
  keeper_world x;
  auto config = x.config();
  config.writes = false;
  BOOST_REQUIRE(x.start(config));
  const auto why = x.keeper->why_no_tick();
  BOOST_REQUIRE(why.has_value());
  BOOST_TEST(why->code == errc::read_only);
  BOOST_TEST(why->message.find("replica") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_fold_that_stopped_tells_nobody_what_is_newest) {
  keeper_world x;
  x.run();
  BOOST_TEST(!x.keeper->why_no_tick().has_value());
  x.log.misnumber = true;
  inbox nobody;
  x.append(*x.new_proposal("ann", nobody));
  x.keeper->follow();
  const auto why = x.keeper->why_no_tick();
  BOOST_REQUIRE(why.has_value());
  BOOST_TEST(why->code == errc::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
