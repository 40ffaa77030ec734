#include "projections/fold.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr std::int64_t day = 24 * 3'600'000;

/// Everything of a state that must not move when the fold stops.
auto summary(const ledger_state& x) {
  return std::tuple{x.size, x.log_time, x.chain, x.hash, x.judgements.size()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold)

// -- chain and position -------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_chain_is_the_one_that_the_records_describe) {
  ledger_fixture f;
  f.create();
  auto x = f.command(event::fold_activated{7});
  BOOST_TEST(f.append(x) == outcome::invalid);
  auto h = sha256(f.ledger.view());
  std::uint64_t index = 0;
  for (auto& entry : f.log) {
    byte_buffer in = to_buffer(h.view());
    auto put = [&](std::uint64_t value, int bytes) {
      while (bytes-- > 0)
        in.push_back(static_cast<std::uint8_t>(value >> (8 * bytes)));
    };
    put(index, 8);
    put(static_cast<std::uint64_t>(entry.append_time), 8);
    auto name = sha256(entry.envelope);
    in.insert(in.end(), name.value.begin(), name.value.end());
    put(index == 0 ? 0 : 19, 2);
    h = sha256(in);
    ++index;
  }
  BOOST_TEST(f.state.chain.hex() == h.hex());
  BOOST_TEST(f.state.judgements.back().chain == chain_prefix(h));
}

BOOST_AUTO_TEST_CASE(an_entry_out_of_order_stops_the_fold) {
  ready_ledger f;
  auto before = summary(f.state);
  auto bytes = encode_envelope(f.command(event::tick{}));
  for (auto wrong : {f.state.size - 1, f.state.size + 1}) {
    auto judged = step(f.state, log_index{wrong}, f.now, bytes);
    BOOST_REQUIRE(!judged);
    BOOST_TEST(static_cast<int>(judged.error().code) ==
               static_cast<int>(errc::bug));
  }
  BOOST_TEST((summary(f.state) == before));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_envelope_are_void_and_move_the_chain) {
  ready_ledger f;
  auto chain = f.state.chain;
  auto time = f.state.log_time;
  for (auto size : {0, 1, 7, 8, 100}) {
    BOOST_TEST(f.append_bytes(byte_buffer(static_cast<std::size_t>(size), 3)) ==
               outcome::malformed);
    BOOST_TEST((f.state.chain != chain));
    chain = f.state.chain;
  }
  BOOST_TEST(to_integer(f.state.log_time) == to_integer(time));
  BOOST_TEST(f.tick() == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(an_envelope_of_the_largest_size_passes) {
  ready_ledger f;
  auto x = f.command(event::tick{});
  std::string padding;
  while (encode_envelope(x).size() < max_envelope_bytes) {
    padding += padding.empty() ? std::string(32'000, 'x') : "x";
    x.correlation = padding;
  }
  BOOST_TEST(encode_envelope(x).size() == max_envelope_bytes);
  BOOST_TEST(f.append(x) == outcome::accepted);
  auto y = f.command(event::tick{});
  padding += std::string(8, 'x');
  y.correlation = padding;
  BOOST_TEST(f.append(y) == outcome::too_large);
}

// -- entry 0 ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(entry_0_makes_the_ledger) {
  ledger_fixture f;
  BOOST_TEST(f.create() == outcome::accepted);
  BOOST_TEST(f.state.ledger->id.hex() == f.ledger.hex());
  BOOST_TEST(f.state.find_principal(f.administrator)->roles == 16u);
  BOOST_TEST(f.state.find_principal(f.node)->roles == 32u);
  BOOST_TEST(f.state.version_of("ledger") == 1u);
  BOOST_TEST(f.state.version_of(principal_aggregate(f.node)) == 1u);
}

BOOST_AUTO_TEST_CASE(any_other_entry_0_is_foreign_and_nothing_can_follow) {
  ledger_fixture f;
  BOOST_TEST(f.tick() == outcome::foreign_history);
  auto x = f.command(event::tick{});
  BOOST_TEST(f.append(x) == outcome::foreign_history);
}

BOOST_AUTO_TEST_CASE(a_ledger_is_created_once) {
  ready_ledger f;
  BOOST_TEST(f.create() == outcome::invalid);
  auto x = f.command(f.creation());
  x.basis.reset();
  BOOST_TEST(f.append(x) == outcome::foreign_history);
}

BOOST_AUTO_TEST_CASE(a_creation_outside_the_rules_is_invalid) {
  auto outcome_with = [](auto change) {
    ledger_fixture f;
    auto body = f.creation();
    change(body);
    return f.say(body);
  };
  BOOST_TEST(outcome_with([](auto&) {}) == outcome::accepted);
  BOOST_TEST(outcome_with([](auto& x) { x.ledger = {}; }) == outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.roots.clear(); }) ==
             outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.threshold = 0; }) ==
             outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.threshold = 4; }) ==
             outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) {
               x.roots[1].spki = as_bytes("no key");
             }) == outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.roots[1] = x.roots[0]; }) ==
             outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.node = x.administrator; }) ==
             outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.node = {}; }) == outcome::invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.administrator = {}; }) ==
             outcome::invalid);
}

// -- basis --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_basis_of_another_history_is_foreign) {
  auto outcome_with = [](auto change) {
    ready_ledger f;
    auto x = f.command(event::tick{});
    change(*x.basis);
    return f.append(x);
  };
  auto foreign = outcome::foreign_history;
  BOOST_TEST(outcome_with([](auto&) {}) == outcome::accepted);
  BOOST_TEST(outcome_with([](auto& x) { x.ledger = {}; }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) { ++x.incarnation; }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) { --x.incarnation; }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) { ++x.chain; }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) { x.index = log_index{0}; }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) {
               x.index = log_index{to_integer(x.index) + 1};
             }) == foreign);
  BOOST_TEST(outcome_with([](auto& x) { x.index = log_index{~0ULL}; }) ==
             foreign);
}

BOOST_AUTO_TEST_CASE(a_command_without_basis_is_foreign) {
  ready_ledger f;
  auto x = f.command(event::tick{});
  x.basis.reset();
  BOOST_TEST(f.append(x) == outcome::foreign_history);
}

BOOST_AUTO_TEST_CASE(an_older_basis_of_this_history_is_good) {
  ready_ledger f;
  auto old = f.basis();
  f.tick();
  f.tick();
  auto x = f.command(event::tick{});
  x.basis = old;
  BOOST_TEST(f.append(x) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(a_foreign_entry_does_not_take_the_id) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  auto good = x.basis;
  ++x.basis->chain;
  BOOST_TEST(f.append(x) == outcome::foreign_history);
  x.basis = good;
  BOOST_TEST(f.append(x) == outcome::accepted);
}

// -- duplicates ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_accepted_command_is_judged_once) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.append(x);
  auto first = f.last;
  for (auto attempt : {0u, 1u, 9u}) {
    x.attempt = attempt;
    BOOST_TEST(f.append(x) == outcome::duplicate);
    BOOST_TEST(to_integer(f.last.decided_by) == to_integer(first.index));
  }
  BOOST_TEST(f.channel()->version == 1u);
}

BOOST_AUTO_TEST_CASE(an_accepted_command_is_remembered_for_ever) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.append(x);
  f.now = f.now + 400 * day;
  f.tick();
  BOOST_TEST(f.append(x) == outcome::duplicate);
}

BOOST_AUTO_TEST_CASE(only_a_higher_attempt_after_a_conflict_is_judged) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  x.attempt = 3;
  x.expected = {expectation::kind::exists, 0};
  BOOST_TEST(f.append(x) == outcome::conflict);
  x.expected = {};
  for (auto attempt : {2u, 3u}) {
    x.attempt = attempt;
    BOOST_TEST(f.append(x) == outcome::duplicate);
  }
  x.attempt = 4;
  BOOST_TEST(f.append(x) == outcome::accepted);
  x.attempt = 5;
  BOOST_TEST(f.append(x) == outcome::duplicate);
}

BOOST_AUTO_TEST_CASE(a_higher_attempt_after_a_changed_precondition_is_judged) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  x.preconditions = {{"keyset", 2}};
  BOOST_TEST(f.append(x) == outcome::precondition);
  x.preconditions = {{"keyset", 1}};
  x.attempt = 1;
  BOOST_TEST(f.append(x) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(a_higher_attempt_after_another_reason_is_a_duplicate) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "not a version"));
  BOOST_TEST(f.append(x) == outcome::invalid);
  auto judged = f.last.index;
  std::get<event::artifact_published>(x.body).version = "1.0.0";
  x.attempt = 1;
  BOOST_TEST(f.append(x) == outcome::duplicate);
  BOOST_TEST(to_integer(f.last.decided_by) == to_integer(judged));
}

BOOST_AUTO_TEST_CASE(an_id_with_another_request_is_refused_and_stays_bound) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.append(x);
  auto judged = f.last.index;
  auto y = x;
  y.request = sha256(as_bytes("another"));
  y.attempt = 7;
  BOOST_TEST(f.append(y) == outcome::key_reused);
  BOOST_TEST(to_integer(f.last.decided_by) == to_integer(judged));
  BOOST_TEST(f.append(x) == outcome::duplicate);
}

BOOST_AUTO_TEST_CASE(a_void_command_is_forgotten_after_a_day_of_log_time) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "not a version"));
  f.append(x);
  auto judged_at = f.state.log_time;
  auto again_at = [&](std::int64_t later) {
    f.now = judged_at + later;
    x.occurred_at = f.now;
    x.not_after = f.now + 10'000;
    return f.append(x);
  };
  BOOST_TEST(again_at(day) == outcome::duplicate);
  std::get<event::artifact_published>(x.body).version = "1.0.0";
  BOOST_TEST(again_at(day + 1) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(an_answer_as_duplicate_does_not_prolong_the_memory) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "not a version"));
  f.append(x);
  f.now = f.now + day;
  x.not_after = f.now + 2 * day;
  x.occurred_at = f.now;
  BOOST_TEST(f.append(x) == outcome::duplicate);
  f.now = f.now + 2;
  BOOST_TEST(f.append(x) == outcome::invalid);
}

// -- closed commands ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_command_closed_first_can_never_be_accepted) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  BOOST_TEST(f.close(x.id) == outcome::accepted);
  auto closing = f.last.index;
  f.now = f.now + 400 * day;
  f.tick();
  for (auto attempt : {0u, 1u}) {
    x.attempt = attempt;
    BOOST_TEST(f.append(x) == outcome::closed);
    BOOST_TEST(to_integer(f.last.decided_by) == to_integer(closing));
  }
  BOOST_TEST(f.channel() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_command_accepted_first_cannot_be_closed) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.append(x);
  BOOST_TEST(f.close(x.id) == outcome::already_decided);
  BOOST_TEST(f.append(x) == outcome::duplicate);
}

BOOST_AUTO_TEST_CASE(a_command_void_for_good_cannot_be_closed) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "not a version"));
  f.append(x);
  BOOST_TEST(f.close(x.id) == outcome::already_decided);
}

BOOST_AUTO_TEST_CASE(a_command_that_may_be_tried_again_can_be_closed) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  x.expected = {expectation::kind::exists, 0};
  f.append(x);
  BOOST_TEST(f.close(x.id) == outcome::accepted);
  x.expected = {};
  x.attempt = 1;
  BOOST_TEST(f.append(x) == outcome::closed);
}

BOOST_AUTO_TEST_CASE(a_forgotten_void_command_can_be_closed) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "not a version"));
  f.append(x);
  f.now = f.now + 2 * day;
  BOOST_TEST(f.close(x.id) == outcome::accepted);
  x.not_after = f.now + 10'000;
  BOOST_TEST(f.append(x) == outcome::closed);
}

BOOST_AUTO_TEST_CASE(closing_twice_changes_nothing_more) {
  ready_ledger f;
  auto id = ledger_fixture::id<event_id>("late");
  BOOST_TEST(f.close(id) == outcome::accepted);
  BOOST_TEST(f.close(id) == outcome::already_decided);
  BOOST_TEST(f.state.version_of(command_aggregate(id)) == 1u);
}

// -- log time -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(log_time_never_goes_back) {
  ready_ledger f;
  auto before = f.state.log_time;
  auto x = f.command(event::tick{});
  f.now = f.now + -60'000;
  BOOST_TEST(f.append(x) == outcome::accepted);
  BOOST_TEST(to_integer(f.state.log_time) == to_integer(before));
}

BOOST_AUTO_TEST_CASE(a_broker_that_leaps_ahead_moves_the_clock_a_minute) {
  ready_ledger f;
  auto x = f.command(event::tick{});
  auto real = f.now;
  f.now = f.now + 365 * day;
  BOOST_TEST(f.append(x) == outcome::accepted);
  BOOST_TEST(to_integer(f.state.log_time) == to_integer(real) + 60'000);
}

BOOST_AUTO_TEST_CASE(a_writer_that_leaps_ahead_cannot_move_the_clock) {
  ready_ledger f;
  for (auto ahead : {timestamp{INT64_MAX}, f.now + 365 * day}) {
    auto x = f.command(event::tick{});
    x.occurred_at = ahead;
    BOOST_TEST(f.append(x) == outcome::accepted);
    BOOST_TEST(to_integer(f.state.log_time) == to_integer(f.now));
  }
  auto y = f.command(event::tick{});
  y.occurred_at = timestamp{INT64_MIN};
  BOOST_TEST(f.append(y) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(a_deadline_is_on_the_logs_clock) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.now = x.not_after;
  BOOST_TEST(f.append(x) == outcome::accepted);
  auto y = f.command(f.publication(2, "1.0.1"));
  f.now = y.not_after + 1;
  BOOST_TEST(f.append(y) == outcome::expired);
}

BOOST_AUTO_TEST_CASE(a_command_without_a_deadline_is_void) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  x.not_after = {};
  BOOST_TEST(f.append(x) == outcome::expired);
  auto last_word = f.command(
      event::command_closed{ledger_fixture::id<event_id>("never came")});
  last_word.not_after = {};
  BOOST_TEST(f.append(last_word) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_malformed) {
  for (auto spoil : std::vector<std::function<void(envelope&)>>{
           [](auto& x) { x.causation = "\xFF"; },
           [](auto& x) {
             x.preconditions = {{"\xC3", 0}};
           },
           [](auto& x) {
             std::get<event::profile_put>(x.body).environment = {
                 "\xED\xA0\x80"};
           }}) {
    ready_ledger f;
    auto x = f.command(event::profile_put{f.client, "other", 1, {"prod"}});
    spoil(x);
    BOOST_TEST(f.append(x) == outcome::malformed);
    BOOST_TEST(f.tick() == outcome::accepted);
  }
}

BOOST_AUTO_TEST_CASE(a_tick_has_no_deadline_and_shows_the_clock) {
  ready_ledger f;
  auto x = f.command(event::tick{});
  f.now = f.now + 30'000;
  auto versions = f.state.versions.size();
  BOOST_TEST(f.append(x) == outcome::accepted);
  BOOST_TEST(to_integer(f.state.log_time) == to_integer(f.now));
  BOOST_TEST(f.state.versions.size() == versions);
}

// -- fold gate ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_fold_beyond_this_build_stops_with_the_state_unchanged) {
  ready_ledger f;
  f.raise_fold();
  auto before = summary(f.state);
  auto bytes = encode_envelope(
      f.command(event::fold_activated{newest_fold_version + 1}));
  for (int i = 0; i < 2; ++i) {
    auto judged = step(f.state, log_index{f.state.size}, f.now, bytes);
    BOOST_REQUIRE(!judged);
    BOOST_TEST(static_cast<int>(judged.error().code) ==
               static_cast<int>(errc::unavailable));
    BOOST_TEST(judged.error().message ==
               "fold: entry " + std::to_string(f.state.size) +
                   " turns on a fold version that this build does not know: "
                   "install a newer version of signalbox");
    BOOST_TEST((summary(f.state) == before));
  }
}

BOOST_AUTO_TEST_CASE(a_void_activation_stops_nobody) {
  ready_ledger f;
  f.raise_fold();
  auto x = f.command(event::fold_activated{newest_fold_version + 1});
  x.principal = f.publisher;
  BOOST_TEST(f.append(x) == outcome::forbidden);
  BOOST_TEST(f.say(event::fold_activated{newest_fold_version}) ==
             outcome::invalid);
  BOOST_TEST(f.say(event::fold_activated{newest_fold_version + 2}) ==
             outcome::invalid);
  BOOST_TEST(f.say(event::fold_activated{0}) == outcome::invalid);
}

// -- preconditions and expectations -------------------------------------------

BOOST_AUTO_TEST_CASE(expectations_compare_the_aggregates_version) {
  using kind = expectation::kind;
  auto outcome_with = [](int released, kind what, std::uint64_t version) {
    ready_ledger f;
    for (int i = 0; i < released; ++i)
      f.publish(i, "1.0." + std::to_string(i));
    auto x = f.command(f.publication(9, "2.0.0"));
    x.expected = {what, version};
    return f.append(x);
  };
  auto conflict = outcome::conflict, accepted = outcome::accepted;
  BOOST_TEST(outcome_with(0, kind::any, 9) == accepted);
  BOOST_TEST(outcome_with(2, kind::any, 9) == accepted);
  BOOST_TEST(outcome_with(0, kind::none, 9) == accepted);
  BOOST_TEST(outcome_with(1, kind::none, 9) == conflict);
  BOOST_TEST(outcome_with(0, kind::exists, 9) == conflict);
  BOOST_TEST(outcome_with(1, kind::exists, 9) == accepted);
  BOOST_TEST(outcome_with(0, kind::exactly, 0) == accepted);
  BOOST_TEST(outcome_with(2, kind::exactly, 1) == conflict);
  BOOST_TEST(outcome_with(2, kind::exactly, 2) == accepted);
  BOOST_TEST(outcome_with(2, kind::exactly, 3) == conflict);
}

BOOST_AUTO_TEST_CASE(an_expectation_of_an_unknown_kind_is_never_met) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  x.expected.what = static_cast<expectation::kind>(9);
  BOOST_TEST(f.append(x) == outcome::conflict);
}

BOOST_AUTO_TEST_CASE(every_precondition_must_hold) {
  ready_ledger f;
  auto binding = binding_aggregate(f.client, f.profile);
  auto x = f.command(f.publication(1, "1.0.0"));
  x.preconditions = {{binding, 1}, {"keyset", 1}, {"no/such/thing", 0}};
  BOOST_TEST(f.append(x) == outcome::accepted);
  auto y = f.command(f.publication(2, "1.0.1"));
  y.preconditions = {{binding, 1}, {"keyset", 1}};
  BOOST_TEST(f.bind_policy() == outcome::accepted);
  BOOST_TEST(f.append(y) == outcome::precondition);
}

BOOST_AUTO_TEST_CASE(void_entries_change_no_version) {
  ready_ledger f;
  auto versions = f.state.versions.size();
  auto x = f.command(f.publication(1, "not a version"));
  f.append(x);
  BOOST_TEST(f.state.versions.size() == versions);
  BOOST_TEST(f.state.version_of(x.aggregate) == 0u);
}

// -- roles --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_event_demands_its_role) {
  ledger_fixture f;
  const std::vector<std::pair<event::body, role>> demands{
      {event::ledger_created{}, role::administrator},
      {event::fold_activated{}, role::administrator},
      {event::keyset_put{}, role::administrator},
      {event::principal_put{}, role::administrator},
      {event::token_issued{}, role::administrator},
      {event::token_revoked{}, role::administrator},
      {event::family_put{}, role::operator_role},
      {event::profile_put{}, role::operator_role},
      {event::policy_set_put{}, role::operator_role},
      {event::policy_bound{}, role::operator_role},
      {event::artifact_published{}, role::publisher},
      {event::artifact_resealed{}, role::operator_role},
      {event::channel_reverted{}, role::operator_role},
      {event::command_closed{}, role::node},
      {event::ledger_moved{}, role::administrator},
      {event::ledger_restored{}, role::administrator},
      {event::tick{}, role::node},
      {event::template_put{}, role::publisher}};
  BOOST_TEST(demands.size() == std::variant_size_v<event::body>);
  for (auto& [body, needed] : demands)
    for (auto held : {role::reader, role::publisher, role::operator_role,
                      role::auditor, role::administrator, role::node}) {
      ready_ledger ledger;
      ledger.raise_fold();
      auto who = ledger_fixture::id<principal_id>("somebody");
      BOOST_TEST(ledger.put_principal(who, static_cast<role_mask>(held)) ==
                 outcome::accepted);
      auto x = ledger.command(body);
      x.principal = who;
      auto judged = ledger.append(x);
      bool may = held == needed ||
                 (held == role::administrator && needed != role::node);
      BOOST_TEST_CONTEXT(event::type_name(event::type_number(body))
                         << " by " << to_string(held))
      BOOST_TEST((judged != outcome::forbidden) == may);
    }
}

BOOST_AUTO_TEST_CASE(an_inactive_principal_may_do_nothing) {
  ready_ledger f;
  auto roles = static_cast<role_mask>(role::publisher);
  BOOST_TEST(f.put_principal(f.publisher, roles, false) == outcome::accepted);
  BOOST_TEST(f.publish(1, "1.0.0") == outcome::forbidden);
  BOOST_TEST(f.put_principal(f.publisher, roles, true) == outcome::accepted);
  BOOST_TEST(f.publish(1, "1.0.0") == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(the_role_counts_at_the_entrys_own_index) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  f.put_principal(f.publisher, static_cast<role_mask>(role::reader));
  BOOST_TEST(f.append(x) == outcome::forbidden);
}

BOOST_AUTO_TEST_SUITE_END()
