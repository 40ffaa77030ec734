#include "tests/actors/keeper_world.hpp"

#include "projections/chain.hpp"
#include "storage/head_file.hpp"
#include "tests/temporary_directory.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct recovery_world : keeper_world {
  temporary_directory dir;
  head_file head{dir.path() / "head"};

  /// A node that ran and stopped in order.
  void have_history() {
    run();
    keeper->finish();
  }

  result<void> start_with_head() {
    auto x = config();
    x.head = &head;
    return start(x);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_recovery, recovery_world)

BOOST_AUTO_TEST_CASE(a_node_without_stored_state_folds_the_log) {
  run();
  BOOST_CHECK(hash() == facts.state.hash);
  BOOST_CHECK_EQUAL(seen().size, facts.log.size());
  BOOST_CHECK_EQUAL(status.read_problem(), "");
  BOOST_CHECK_EQUAL(status.folded.load(), facts.log.size());
  BOOST_CHECK(warnings.empty() || !warned_of("stored state"));
}

BOOST_AUTO_TEST_CASE(an_empty_log_says_how_to_make_a_ledger) {
  faulty_log empty;
  auto started = start(config_over(empty));
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::not_found);
  BOOST_CHECK(status.write_problem().find("signalbox ledger create") !=
              std::string::npos);
  BOOST_CHECK(shown.load() == nullptr);
  BOOST_CHECK(!keeper->admit([&] {
    auto out = std::make_shared<proposal>();
    out->answer = in.door();
    return out;
  }()));
  BOOST_CHECK_EQUAL(in.refusal(), errc::unavailable);
  BOOST_CHECK(keeper->beat().empty());
  BOOST_CHECK_EQUAL(store.writes.load(), 0);
}

BOOST_AUTO_TEST_CASE(a_stored_state_is_continued_at_its_position) {
  have_history();
  auto before = status.accepted.load();
  status.folded = 0; // as in a process that has just started
  run();
  BOOST_CHECK_EQUAL(status.accepted.load(), before); // nothing folded again
  BOOST_CHECK_EQUAL(status.folded.load(), facts.log.size());
  BOOST_CHECK(hash() == facts.state.hash);
  facts.put_principal(facts.id<principal_id>("later"), 1);
  write_facts();
  run();
  BOOST_CHECK_EQUAL(status.accepted.load(), before + 1);
  BOOST_CHECK(hash() == facts.state.hash);
}

BOOST_AUTO_TEST_CASE(a_damaged_stored_state_is_folded_again_and_replaced) {
  have_history();
  state_batch damage;
  damage.puts.emplace_back("p00", "no row");
  BOOST_REQUIRE(store.write(damage));
  run();
  BOOST_CHECK(warned_of("does not fit"));
  BOOST_CHECK(hash() == facts.state.hash);
  keeper->finish();
  warnings.clear();
  run();
  BOOST_CHECK(!warned_of("does not fit"));
  BOOST_CHECK(hash() == facts.state.hash);
}

BOOST_AUTO_TEST_CASE(a_half_saved_state_is_folded_again) {
  have_history();
  state_batch half; // the position is there, a row is not
  half.erases.push_back("f" + std::string{facts.client});
  BOOST_REQUIRE(store.write(half));
  run();
  BOOST_CHECK(warned_of("does not fit"));
  BOOST_CHECK(hash() == facts.state.hash);
}

BOOST_AUTO_TEST_CASE(a_state_ahead_of_the_log_is_folded_again) {
  have_history();
  faulty_log shorter;
  for (std::size_t i = 0; i < 5; ++i) {
    byte_view record = facts.log[i].envelope;
    shorter.append({&record, 1}, facts.log[i].append_time).value();
  }
  BOOST_REQUIRE(start(config_over(shorter)));
  BOOST_CHECK(warned_of("does not fit"));
  BOOST_CHECK_EQUAL(seen().size, 5U);
}

BOOST_AUTO_TEST_CASE(a_state_of_another_log_is_folded_again) {
  have_history();
  ledger_fixture others;
  others.ledger = facts.id<ledger_id>("another ledger");
  others.prepare();
  others.tick(); // the other log goes on beyond the state's position
  faulty_log replaced;
  for (auto& x : others.log) {
    byte_view record = x.envelope;
    replaced.append({&record, 1}, x.append_time).value();
  }
  BOOST_REQUIRE(start(config_over(replaced)));
  BOOST_CHECK(warned_of("not of this log"));
  BOOST_CHECK(hash() == others.state.hash);
  BOOST_CHECK(seen().ledger.id == others.ledger);
}

BOOST_AUTO_TEST_CASE(a_state_whose_last_entry_differs_is_folded_again) {
  have_history();
  faulty_log changed;
  auto last = facts.log.size() - 1;
  for (std::size_t i = 0; i <= last; ++i) {
    auto bytes = facts.log[i].envelope;
    if (i == last)
      bytes.resize(bytes.size() + 8); // the same event, another H
    byte_view record = bytes;
    changed.append({&record, 1}, facts.log[i].append_time).value();
  }
  BOOST_REQUIRE(start(config_over(changed)));
  BOOST_CHECK(
      warned_of("entry " + std::to_string(last) + ", which is another"));
  BOOST_CHECK(keeper->state().chain != facts.state.chain);
}

BOOST_AUTO_TEST_CASE(a_log_that_begins_with_a_void_entry_is_no_ledger) {
  faulty_log broken;
  byte_buffer garbage(40, 7);
  byte_view record = garbage;
  broken.append({&record, 1}, facts.now).value();
  for (auto& x : facts.log) { // a creation that comes second is void too
    record = x.envelope;
    broken.append({&record, 1}, x.append_time).value();
  }
  auto started = start(config_over(broken));
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::log_corrupt);
  BOOST_CHECK(started.error().message.find("entry 0") != std::string::npos);
  BOOST_CHECK(started.error().message.find("malformed") != std::string::npos);
  BOOST_CHECK_EQUAL(status.folded.load(), 1U); // it did not fold the rest
  BOOST_CHECK_EQUAL(store.writes.load(), 0);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_does_not_keep_the_view_away) {
  have_history();
  store.fail_scans = true;
  run();
  BOOST_CHECK(warned_of("cannot be read"));
  BOOST_CHECK(hash() == facts.state.hash);
}

BOOST_AUTO_TEST_CASE(rows_that_cannot_be_cleared_never_mix_with_new_ones) {
  have_history();
  state_batch damage;
  damage.puts.emplace_back("p00", "no row");
  BOOST_REQUIRE(store.write(damage));
  store.fail_clears = true;
  run();
  auto writes = store.writes.load();
  keeper->finish();
  BOOST_CHECK_EQUAL(store.writes.load(), writes);
  BOOST_CHECK_EQUAL(status.save_failures.load(), 1U);
  store.fail_clears = false;
  keeper->finish();
  warnings.clear();
  run();
  BOOST_CHECK(!warned_of("does not fit"));
}

BOOST_AUTO_TEST_CASE(a_log_cut_below_the_head_file_stops_and_serves) {
  BOOST_REQUIRE(head.write({log_index{facts.log.size()}, {}}));
  auto started = start_with_head();
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::log_corrupt);
  BOOST_CHECK_EQUAL(seen().size, facts.log.size());
  BOOST_CHECK_EQUAL(status.write_problem(), started.error().message);
  keeper->finish(); // must not lower the mark
  BOOST_CHECK(head.read().value()->index == log_index{facts.log.size()});
}

BOOST_AUTO_TEST_CASE(a_log_of_another_history_than_the_head_file_stops) {
  BOOST_REQUIRE(
      head.write({log_index{3}, sha256(as_bytes(std::string{"other"}))}));
  auto started = start_with_head();
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::log_corrupt);
  BOOST_CHECK(started.error().message.find("entry 3") != std::string::npos);
  BOOST_CHECK_EQUAL(seen().size, facts.log.size());
}

BOOST_AUTO_TEST_CASE(a_head_file_of_this_history_is_no_hindrance) {
  BOOST_REQUIRE(
      head.write({log_index{facts.log.size() - 1}, facts.state.chain}));
  BOOST_CHECK(start_with_head());
}

BOOST_AUTO_TEST_CASE(a_newer_fold_stops_and_serves_what_came_before) {
  facts.raise_fold();
  write_facts();
  auto older = facts.log.size();
  auto activation =
      facts.command(event::fold_activated{newest_fold_version + 1});
  auto bytes = encode_envelope(activation);
  byte_view record = bytes;
  log.append({&record, 1}, facts.now).value();
  auto started = start();
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::unavailable);
  BOOST_CHECK_EQUAL(seen().size, older);
  BOOST_CHECK(status.read_problem().find("newer version") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_engine_that_throws_ends_the_start_with_a_reason) {
  log.crash_reads = 1;
  auto started = start();
  BOOST_REQUIRE(!started);
  BOOST_CHECK_EQUAL(started.error().code, errc::bug);
  BOOST_CHECK(status.read_problem().find("the engine broke") !=
              std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_replica_saves_its_state_and_proposes_nothing) {
  auto x = config();
  x.writes = false;
  x.head = &head;
  BOOST_REQUIRE(start(x));
  BOOST_CHECK(keeper->beat().empty());
  BOOST_CHECK_GT(store.writes.load(), 0); // what its restarts begin with
  keeper->finish();
  BOOST_CHECK(!head.read().value().has_value());
  inbox told;
  BOOST_CHECK(!keeper->admit(new_proposal("ann", told)));
  BOOST_CHECK_EQUAL(told.refusal(), errc::read_only);
}

BOOST_AUTO_TEST_SUITE_END()
