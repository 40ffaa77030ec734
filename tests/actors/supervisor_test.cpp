#include "tests/actors/actor_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;
namespace d = actor_defaults;

namespace {

struct supervisor_world : actor_world {
  std::shared_ptr<command> making(std::string name) {
    return told.make(context(), [name](const view&) {
      return result<preparation>{new_principal(name)};
    });
  }

  /// Lets the appender, and with it the ledger, die of the engine.
  void crash() {
    log.on_append = faulty_log::fault::crash;
    submit(making("ann"));
    settle();
  }

  bool has_problem(std::string_view what) const {
    return status.write_problem().find(what) != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision, supervisor_world)

BOOST_AUTO_TEST_CASE(a_start_ticks_before_it_is_ready) {
  auto before = to_integer(log.end());
  start();
  BOOST_CHECK_EQUAL(ready, 1);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before + 1);
  BOOST_CHECK(seen().log_time == wall);
  BOOST_CHECK_EQUAL(status.write_problem(), "");
}

BOOST_AUTO_TEST_CASE(a_start_on_a_full_disk_is_ready_to_read) {
  log.on_append = faulty_log::fault::refuse;
  start();
  BOOST_CHECK_EQUAL(ready, 1);
  BOOST_CHECK_EQUAL(status.read_problem(), "");
  BOOST_CHECK_EQUAL(status.write_problem(), "the disk is full");
}

BOOST_AUTO_TEST_CASE(a_start_that_fails_is_ready_to_say_so) {
  log.crash_reads = 1;
  start();
  BOOST_CHECK_EQUAL(ready, 1);
  BOOST_CHECK(has_problem("the engine broke"));
}

BOOST_AUTO_TEST_CASE(commands_that_came_together_are_one_group) {
  start();
  for (int i = 0; i < 20; ++i)
    submit(making("p" + std::to_string(i)));
  auto before = log.groups().size();
  settle();
  BOOST_CHECK_EQUAL(told.all.size(), 20U);
  BOOST_CHECK_LT(log.groups().size() - before, 20U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_at_once_and_comes_back_by_itself) {
  start();
  log.on_append = faulty_log::fault::refuse;
  submit(making("ann"));
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::read_only);
  BOOST_CHECK_EQUAL(status.write_problem(), "the disk is full");
  auto probes = log.probes.load();
  advance(d::beat);
  BOOST_CHECK_GT(log.probes.load(), probes);
  BOOST_CHECK_EQUAL(status.write_problem(), "the disk is full");
  log.on_append = faulty_log::fault::none;
  advance(d::beat); // no write arrives: a node that is not ready gets none
  BOOST_CHECK_EQUAL(status.write_problem(), "");
  probes = log.probes.load();
  advance(d::beat);
  BOOST_CHECK_EQUAL(log.probes.load(), probes);
}

BOOST_AUTO_TEST_CASE(
    an_entry_that_nobody_announced_is_folded_at_the_next_beat) {
  start();
  inbox nobody;
  append(*new_proposal("ann", nobody)); // as a former appender may
  settle();
  BOOST_CHECK(!knows("ann"));
  advance(d::beat);
  BOOST_CHECK(knows("ann"));
}

BOOST_AUTO_TEST_CASE(a_pending_append_that_was_done_shows_with_the_group) {
  start();
  log.on_append = faulty_log::fault::finish_later;
  submit(making("ann"));
  settle();
  BOOST_REQUIRE_EQUAL(told.all.size(), 1U);
  BOOST_CHECK_EQUAL(told.refusal(), errc::pending);
  BOOST_CHECK(knows("ann"));
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_dies_takes_its_children_with_it) {
  start();
  warnings_throw = true;
  crash(); // of which the supervisor cannot warn
  BOOST_CHECK_EQUAL(system().registry().running(), 0U);
  BOOST_CHECK(directory->proposer_for("") == nullptr);
  BOOST_CHECK(has_problem("the supervisor crashed"));
}

BOOST_AUTO_TEST_CASE(a_crashed_ledger_is_started_again) {
  start();
  crash();
  BOOST_CHECK_EQUAL(told.refusal(), errc::pending); // whoever waited is told
  BOOST_CHECK(has_problem("the ledger crashed"));
  BOOST_CHECK(!directory->ledger());
  BOOST_CHECK(shown.load() != nullptr); // reads go on
  log.on_append = faulty_log::fault::none;
  wait(d::restart_delay - 1ms);
  BOOST_CHECK_EQUAL(ledger_starts, 1);
  wait(1ms);
  BOOST_CHECK_EQUAL(ledger_starts, 2);
  BOOST_CHECK_EQUAL(status.write_problem(), "");
  conclusions after;
  submit(after.make(context(), [](const view&) {
    return result<preparation>{new_principal("bob")};
  }));
  settle();
  BOOST_CHECK(after.accepted());
}

BOOST_AUTO_TEST_CASE(a_command_during_a_restart_is_refused_as_never_sent) {
  start();
  crash();
  conclusions early;
  submit(early.make(context(), [](const view&) {
    return result<preparation>{new_principal("bob")};
  }));
  settle();
  BOOST_CHECK_EQUAL(early.refusal(), errc::unavailable);
}

BOOST_AUTO_TEST_CASE(restarts_slow_down_and_end) {
  start();
  crash(); // every start's tick crashes again
  auto delay = std::chrono::milliseconds{d::restart_delay};
  for (std::size_t i = 1; i < d::max_restarts; ++i) {
    wait(delay - 1ms);
    BOOST_CHECK_EQUAL(ledger_starts, static_cast<int>(i));
    wait(1ms);
    BOOST_CHECK_EQUAL(ledger_starts, static_cast<int>(i) + 1);
    delay = std::min<std::chrono::milliseconds>(delay * 2,
                                                d::restart_delay_ceiling);
  }
  wait(delay);
  BOOST_CHECK(has_problem("given up after 8 restarts"));
  auto starts = ledger_starts;
  BOOST_CHECK_EQUAL(starts, static_cast<int>(d::max_restarts) + 1);
  wait(d::restart_delay_ceiling * 3);
  BOOST_CHECK_EQUAL(ledger_starts, starts);
  BOOST_CHECK(shown.load() != nullptr);
  conclusions late;
  submit(late.make(context(), [](const view&) {
    return result<preparation>{new_principal("bob")};
  }));
  settle();
  BOOST_CHECK_EQUAL(late.refusal(), errc::unavailable);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_ran_long_is_forgiven) {
  start();
  for (int i = 0; i < 2 * static_cast<int>(d::max_restarts); ++i) {
    crash();
    log.on_append = faulty_log::fault::none;
    wait(d::restart_delay);
    BOOST_CHECK_EQUAL(ledger_starts, i + 2);
    advance(d::forgive_after + 1ms);
  }
  BOOST_CHECK_EQUAL(status.write_problem(), "");
}

BOOST_AUTO_TEST_CASE(a_crash_saves_nothing_and_a_stop_saves_all) {
  start();
  advance(d::beat);
  auto writes = store.writes.load();
  submit(making("bob"));
  settle();
  crash();
  BOOST_CHECK_EQUAL(store.writes.load(), writes);
  log.on_append = faulty_log::fault::none;
  wait(d::restart_delay);
  stop();
  BOOST_CHECK_GT(store.writes.load(), writes);
}

BOOST_AUTO_TEST_CASE(a_crashed_proposer_is_replaced) {
  start();
  BOOST_REQUIRE_EQUAL(proposer_starts, 2);
  auto victim = directory->proposer_for("x");
  caf::anon_send_exit(victim, caf::exit_reason::kill);
  victim = nullptr;
  settle();
  BOOST_CHECK(directory->proposer_for("x")); // the other one
  wait(d::restart_delay);
  BOOST_CHECK_EQUAL(proposer_starts, 3);
  BOOST_CHECK_EQUAL(ledger_starts, 1);
  submit(making("ann"));
  settle();
  BOOST_CHECK(told.accepted());
}

BOOST_AUTO_TEST_CASE(a_proposers_restart_does_not_hurry_the_ledgers) {
  start();
  crash();
  wait(d::restart_delay); // the second start crashes too: now 100 ms
  BOOST_REQUIRE_EQUAL(ledger_starts, 2);
  caf::anon_send_exit(directory->proposer_for({}), caf::exit_reason::kill);
  settle();
  wait(d::restart_delay);
  BOOST_CHECK_EQUAL(proposer_starts, 3);
  BOOST_CHECK_EQUAL(ledger_starts, 2);
  wait(d::restart_delay);
  BOOST_CHECK_EQUAL(ledger_starts, 3);
}

BOOST_AUTO_TEST_CASE(a_command_whose_proposer_crashed_is_told) {
  start();
  auto x = making("ann");
  x->lane = "lane";
  auto to = directory->proposer_for("lane");
  submit(std::move(x));
  // Runs the proposer's turns only: it prepares the command and hands it over,
  // and the record is then in the ledger's mailbox.
  auto& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system().scheduler());
  BOOST_REQUIRE(scheduler.try_run_once());
  BOOST_REQUIRE(scheduler.try_run_once());
  caf::anon_send_exit(to, caf::exit_reason::kill);
  to = nullptr;
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::pending);
}

BOOST_AUTO_TEST_CASE(a_command_that_was_not_handed_over_is_told) {
  start();
  auto& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system().scheduler());
  submit(making("ann"));
  BOOST_REQUIRE(scheduler.try_run_once()); // prepares it
  const auto ledger = directory->ledger();
  directory->set_ledger(ledger_actor());
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::pending);
  directory->set_ledger(ledger);
}

BOOST_AUTO_TEST_CASE(a_stop_tells_everyone_and_saves) {
  start();
  for (int i = 0; i < 10; ++i)
    submit(making("p" + std::to_string(i)));
  stop();
  BOOST_CHECK_EQUAL(told.all.size(), 10U);
  BOOST_CHECK_GT(store.writes.load(), 0);
  BOOST_CHECK(!directory->ledger());
  BOOST_CHECK(!directory->proposer_for({}));
  BOOST_CHECK_EQUAL(system().registry().running(), 0U);
}

BOOST_AUTO_TEST_CASE(a_stop_during_a_restart_leaves_nothing_behind) {
  start();
  crash();
  stop();
  wait(d::restart_delay * 4);
  BOOST_CHECK_EQUAL(ledger_starts, 1);
  BOOST_CHECK_EQUAL(system().registry().running(), 0U);
}

BOOST_AUTO_TEST_CASE(a_find_reaches_the_ledger) {
  start();
  auto x = context("mine");
  submit(told.make(x, [](const view&) {
    return result<preparation>{new_principal("ann")};
  }));
  settle();
  inbox in;
  auto id = make_event_id(facts.ledger, x.principal, "mine");
  caf::anon_send(directory->ledger(), find_command{id, in.door()});
  settle();
  BOOST_CHECK(in.accepted());
}

BOOST_AUTO_TEST_SUITE_END()
