#include "projections/fold_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using enum outcome;

constexpr auto active = key_status::active;
constexpr auto retired = key_status::retired;
constexpr auto revoked = key_status::revoked;

digest seal_of(const private_key& key) {
  return key.public_part().key_id();
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold_rules)

// -- keysets ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_roots_of_entry_0_verify_the_first_keyset) {
  ledger_fixture f;
  f.create();
  BOOST_TEST(f.put_keyset(f.next_keyset(), {1}) == bad_signature);
  BOOST_TEST(f.put_keyset(f.next_keyset(), {}) == bad_signature);
  BOOST_TEST(f.put_keyset(f.next_keyset(), {0}) == accepted);
  BOOST_TEST(f.state.ledger->keyset_version == 1u);
  BOOST_TEST(to_integer(f.state.keysets.find("1")->index) ==
             to_integer(f.last.index));
}

BOOST_AUTO_TEST_CASE(two_of_three_roots_sign_a_keyset) {
  auto outcome_of = [](const std::vector<int>& signers) {
    ledger_fixture f;
    auto body = f.creation();
    body.threshold = 2;
    f.say(body);
    return f.put_keyset(f.next_keyset(), signers);
  };
  BOOST_TEST(outcome_of({0}) == bad_signature);
  BOOST_TEST(outcome_of({0, 0}) == bad_signature);
  BOOST_TEST(outcome_of({0, 1}) == accepted);
  BOOST_TEST(outcome_of({2, 1}) == accepted);
  BOOST_TEST(outcome_of({0, 1, 2}) == accepted);
}

BOOST_AUTO_TEST_CASE(a_keyset_that_was_changed_after_signing_is_refused) {
  ledger_fixture f;
  f.create();
  auto body = f.signed_keyset(f.next_keyset());
  auto other = f.next_keyset();
  other.keys.clear();
  body.payload = as_bytes(f.keep(to_payload(other)));
  BOOST_TEST(f.say(body) == bad_signature);
}

BOOST_AUTO_TEST_CASE(roots_rotate_under_the_signatures_of_those_before) {
  ready_ledger f;
  auto next = f.next_keyset();
  next.roots = {to_buffer(f.keys.roots[1].public_part().der()),
                to_buffer(f.keys.roots[2].public_part().der())};
  next.threshold = 2;
  BOOST_TEST(f.put_keyset(next, {1, 2}) == bad_signature);
  BOOST_TEST(f.put_keyset(next, {0}) == accepted);
  BOOST_TEST(f.put_keyset(f.next_keyset(), {0}) == bad_signature);
  BOOST_TEST(f.put_keyset(f.next_keyset(), {1}) == bad_signature);
  BOOST_TEST(f.put_keyset(f.next_keyset(), {1, 2}) == accepted);
}

BOOST_AUTO_TEST_CASE(a_keyset_outside_the_rules_is_invalid) {
  ready_ledger f;
  auto outcome_with = [&](auto change) {
    auto next = f.next_keyset();
    change(next);
    return f.put_keyset(next);
  };
  BOOST_TEST(outcome_with([](auto& x) { ++x.version; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { --x.version; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { ++x.incarnation; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.ledger = {}; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.threshold = 2; }) == invalid);
  BOOST_TEST(f.say(event::keyset_put{as_bytes("{}"), {}}) == invalid);
  BOOST_TEST(f.say(event::keyset_put{}) == invalid);
  BOOST_TEST(outcome_with([](auto&) {}) == accepted);
}

BOOST_AUTO_TEST_CASE(a_keyset_replaces_all_keys_before_it) {
  ready_ledger f;
  auto next = f.next_keyset();
  next.keys = {ledger_fixture::entry_of(f.keys.second, f.node)};
  BOOST_TEST(f.put_keyset(next) == accepted);
  BOOST_TEST(f.state.keys.size() == 1u);
  BOOST_TEST(f.publish(1, "1.0.0") == key_inactive);
  auto x = f.publication(1, "1.0.0");
  x.key = seal_of(f.keys.second);
  BOOST_TEST(f.say(x) == accepted);
}

BOOST_AUTO_TEST_CASE(only_an_active_sealing_key_seals) {
  for (auto status : {retired, revoked}) {
    ready_ledger f;
    f.put_keys(status, active);
    BOOST_TEST(f.publish(1, "1.0.0") == key_inactive);
  }
  ready_ledger f;
  auto next = f.next_keyset();
  next.keys = {
      ledger_fixture::entry_of(f.keys.first, f.node, active, key_role::head)};
  f.put_keyset(next);
  BOOST_TEST(f.publish(1, "1.0.0") == key_inactive);
}

// -- principals and tokens ----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_principal_outside_the_rules_is_invalid) {
  ready_ledger f;
  auto who = ledger_fixture::id<principal_id>("new");
  BOOST_TEST(f.put_principal({}, 1) == invalid);
  BOOST_TEST(f.put_principal(who, all_roles + 1) == invalid);
  BOOST_TEST(f.put_principal(who, role::node | role::reader) == invalid);
  BOOST_TEST(f.put_principal(f.administrator, 16, false) == invalid);
  BOOST_TEST(f.state.find_principal(who) == nullptr);
  BOOST_TEST(f.put_principal(who, role::reader | role::auditor) == accepted);
  BOOST_TEST(f.put_principal(who, 0, false) == accepted);
  BOOST_TEST(f.state.version_of(principal_aggregate(who)) == 2u);
}

BOOST_AUTO_TEST_CASE(a_token_is_issued_once_to_a_known_principal) {
  ready_ledger f;
  BOOST_TEST(f.issue_token(1, ledger_fixture::id<principal_id>("nobody")) ==
             not_found);
  BOOST_TEST(f.issue_token(1, f.publisher) == accepted);
  BOOST_TEST(f.issue_token(1, f.publisher) == invalid);
  auto x = event::token_issued{{}, f.publisher, {}, {}};
  BOOST_TEST(f.say(x) == invalid);
}

BOOST_AUTO_TEST_CASE(a_token_that_expired_already_is_not_issued) {
  ready_ledger f;
  // The command is appended a second after `now`.
  BOOST_TEST(f.issue_token(1, f.publisher, f.now + 1000) == invalid);
  BOOST_TEST(f.issue_token(2, f.publisher, f.now + 1001) == accepted);
}

BOOST_AUTO_TEST_CASE(a_token_is_revoked_once) {
  ready_ledger f;
  BOOST_TEST(f.revoke_token(1) == not_found);
  f.issue_token(1, f.publisher);
  BOOST_TEST(f.revoke_token(1) == accepted);
  BOOST_TEST(f.revoke_token(1) == unchanged);
  BOOST_TEST(f.state.find_token(ledger_fixture::token(1))->revoked);
  BOOST_TEST(f.state.version_of(token_aggregate(ledger_fixture::token(1))) ==
             2u);
}

// -- families, profiles, policies ---------------------------------------------

BOOST_AUTO_TEST_CASE(a_family_outside_the_rules_is_invalid) {
  ready_ledger f;
  auto outcome_with = [&](auto change) {
    auto body = f.family({"1.0.0"});
    change(body);
    return f.say(body);
  };
  BOOST_TEST(outcome_with([](auto& x) { x.client_id = "../etc"; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.schemas.clear(); }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.default_major = 2; }) == invalid);
  for (auto ref : {"codex/1.0.0", "claude-code/1.0", "claude-code", "",
                   "claude-code-1.0.0", "claude-code/1.0.0/2"})
    BOOST_TEST(outcome_with([&](auto& x) { x.schemas[0].schema_ref = ref; }) ==
               invalid);
  BOOST_TEST(outcome_with([](auto& x) {
               x.schemas.push_back(x.schemas[0]);
               x.schemas[1].document = ledger_fixture::document(9);
             }) == invalid);
}

BOOST_AUTO_TEST_CASE(what_a_schema_ref_names_never_changes) {
  ready_ledger f;
  auto changed = f.family({"1.0.0"});
  changed.schemas[0].document = ledger_fixture::document(9);
  BOOST_TEST(f.say(changed) == already_exists);
  BOOST_TEST(f.put_family({"1.0.1"}) == accepted);
  BOOST_TEST(f.state.families.find(f.client)->schemas.size() == 1u);
  BOOST_TEST(f.say(changed) == already_exists);
  BOOST_TEST(f.put_family({"1.0.0", "1.0.1", "2.0.0"}, 2) == accepted);
}

BOOST_AUTO_TEST_CASE(a_profile_needs_its_family_and_a_major_of_it) {
  ready_ledger f;
  BOOST_TEST(f.put_profile("Prod") == invalid);
  BOOST_TEST(f.put_profile("prod", 2) == invalid);
  BOOST_TEST(f.say(event::profile_put{"codex", "prod", 1, {}}) == not_found);
  BOOST_TEST(f.put_profile("prod") == accepted);
  f.put_family({"1.0.0", "2.1.0"});
  BOOST_TEST(f.put_profile("prod", 2) == accepted);
  BOOST_TEST(f.state.profiles.find("claude-code/prod")->default_major == 2u);
}

BOOST_AUTO_TEST_CASE(a_policy_version_is_put_once) {
  ready_ledger f;
  BOOST_TEST(f.put_policy_set("1.0.0", 1) == unchanged);
  BOOST_TEST(f.put_policy_set("1.0.0", 2) == already_exists);
  BOOST_TEST(f.put_policy_set("1.0", 2) == invalid);
  BOOST_TEST(f.say(event::policy_set_put{"a/b", "1.0.0", {}}) == invalid);
  BOOST_TEST(f.put_policy_set("1.1.0", 2) == accepted);
}

BOOST_AUTO_TEST_CASE(a_policy_is_bound_to_what_exists) {
  ready_ledger f;
  BOOST_TEST(f.bind_policy("9.0.0") == not_found);
  BOOST_TEST(f.bind_policy("1.0.0", "prod") == not_found);
  BOOST_TEST(f.bind_policy() == accepted);
}

// -- publishing ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(publishing_makes_the_artifact_current) {
  ready_ledger f;
  BOOST_TEST(f.publish(1, "1.0.0") == accepted);
  auto& row = *f.channel();
  BOOST_TEST(row.artifact.hex() == ledger_fixture::artifact(1).hex());
  BOOST_TEST(row.version == 1u);
  BOOST_TEST(row.highest_version == "1.0.0");
  BOOST_TEST(to_integer(row.change_index) == to_integer(f.last.index));
  BOOST_TEST(to_integer(row.changed_at) == to_integer(f.state.log_time));
  BOOST_TEST(f.publish(2, "1.0.1") == accepted);
  BOOST_TEST(f.channel()->version == 2u);
  BOOST_TEST(f.state.changes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_publication_needs_what_it_refers_to) {
  ready_ledger f;
  auto outcome_with = [&](auto change) {
    auto body = f.publication(1, "1.0.0");
    change(body);
    return f.say(body);
  };
  BOOST_TEST(outcome_with([](auto& x) { x.profile = "prod"; }) == not_found);
  BOOST_TEST(outcome_with([](auto& x) { x.client_id = "codex"; }) == not_found);
  BOOST_TEST(outcome_with([](auto& x) {
               x.schema_ref = "claude-code/1.0.1";
             }) == not_found);
  BOOST_TEST(outcome_with([](auto& x) { x.major = 2; }) == invalid);
  BOOST_TEST(outcome_with([](auto& x) { x.version = "1.0"; }) == invalid);
  f.put_profile("unbound");
  BOOST_TEST(outcome_with([](auto& x) { x.profile = "unbound"; }) == not_found);
  BOOST_TEST(outcome_with([](auto&) {}) == accepted);
}

BOOST_AUTO_TEST_CASE(a_publication_under_another_policy_may_be_tried_again) {
  ready_ledger f;
  f.put_policy_set("1.1.0", 2);
  auto x = f.command(f.publication(1, "1.0.0"));
  f.bind_policy("1.1.0");
  BOOST_TEST(f.append(x) == outcome::precondition);
  std::get<event::artifact_published>(x.body).policy_version = "1.1.0";
  x.attempt = 1;
  BOOST_TEST(f.append(x) == accepted);
}

BOOST_AUTO_TEST_CASE(the_semantic_version_grows_over_all_released_ones) {
  ready_ledger f;
  BOOST_TEST(f.publish(1, "1.2.0-rc.1") == accepted);
  BOOST_TEST(f.publish(2, "1.2.0-beta.9") == version_not_greater);
  BOOST_TEST(f.publish(2, "1.2.0") == accepted);
  BOOST_TEST(f.publish(3, "1.2.0") == version_not_greater);
  BOOST_TEST(f.publish(3, "1.2.0+build.9") == version_not_greater);
  BOOST_TEST(f.publish(3, "1.10.0") == accepted);
  BOOST_TEST(f.publish(4, "1.9.9") == version_not_greater);
  f.revert(1);
  BOOST_TEST(f.publish(4, "1.3.0") == version_not_greater);
  BOOST_TEST(f.publish(4, "1.10.1") == accepted);
}

BOOST_AUTO_TEST_CASE(content_is_released_once_in_its_channel) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  BOOST_TEST(f.publish(1, "1.0.1") == unchanged);
  f.publish(2, "1.0.1");
  BOOST_TEST(f.publish(1, "1.0.2") == already_released);
}

BOOST_AUTO_TEST_CASE(channels_of_other_profiles_and_majors_are_apart) {
  ready_ledger f;
  f.put_family({"1.0.0", "2.0.0"});
  f.put_profile("prod");
  f.bind_policy("1.0.0", "prod");
  BOOST_TEST(f.publish(1, "5.0.0") == accepted);
  BOOST_TEST(f.say(f.publication(2, "1.0.0", "prod")) == accepted);
  auto major = f.publication(3, "1.0.0", f.profile, "claude-code/2.0.0");
  major.major = 2;
  BOOST_TEST(f.say(major) == accepted);
  BOOST_TEST(f.state.channels.size() == 3u);
  BOOST_TEST(f.state.channels.find("claude-code/default/2")->number == 2u);
}

// -- reverting and resealing --------------------------------------------------

BOOST_AUTO_TEST_CASE(a_revert_brings_a_released_artifact_back) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  auto first = f.last.index;
  f.publish(2, "1.0.1");
  BOOST_TEST(f.revert(2) == unchanged);
  BOOST_TEST(f.revert(3) == not_found);
  BOOST_TEST(f.revert(1) == accepted);
  auto& row = *f.channel();
  BOOST_TEST(row.artifact.hex() == ledger_fixture::artifact(1).hex());
  BOOST_TEST(row.version == 3u);
  BOOST_TEST(to_integer(row.artifact_index) == to_integer(first));
  BOOST_TEST(to_integer(row.seal_index) == to_integer(first));
  BOOST_TEST(to_integer(row.change_index) == to_integer(f.last.index));
  BOOST_TEST(f.state.changes.back().reverted == 1u);
  BOOST_TEST(f.state.changes.back().previous == 2u);
}

BOOST_AUTO_TEST_CASE(a_revert_stays_inside_its_channel) {
  ready_ledger f;
  f.put_profile("prod");
  f.bind_policy("1.0.0", "prod");
  f.publish(1, "1.0.0");
  BOOST_TEST(f.say(event::channel_reverted{f.client, "prod", 1,
                                           ledger_fixture::artifact(1),
                                           false}) == not_found);
  f.say(f.publication(2, "1.0.0", "prod"));
  BOOST_TEST(f.revert(2) == not_found);
  BOOST_TEST(f.revert(2, true) == not_found);
}

BOOST_AUTO_TEST_CASE(an_artifact_under_a_revoked_key_comes_back_only_by_force) {
  for (auto forced : {false, true}) {
    ready_ledger f;
    f.publish(1, "1.0.0");
    f.publish(2, "1.0.1");
    f.put_keys(revoked, active);
    BOOST_TEST(f.revert(1, forced) == (forced ? accepted : key_inactive));
  }
}

BOOST_AUTO_TEST_CASE(an_artifact_under_a_retired_key_comes_back) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  f.publish(2, "1.0.1");
  f.put_keys(retired, active);
  BOOST_TEST(f.revert(1) == accepted);
}

BOOST_AUTO_TEST_CASE(an_artifact_under_a_forgotten_key_does_not_come_back) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  f.publish(2, "1.0.1");
  auto next = f.next_keyset();
  next.keys = {ledger_fixture::entry_of(f.keys.second, f.node)};
  f.put_keyset(next);
  BOOST_TEST(f.revert(1) == key_inactive);
}

BOOST_AUTO_TEST_CASE(a_reseal_keeps_bytes_and_channel_version) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  auto before = *f.channel();
  BOOST_TEST(f.reseal(1, f.keys.second) == key_inactive);
  f.put_keys(retired, active);
  BOOST_TEST(f.reseal(1, f.keys.first) == key_inactive);
  BOOST_TEST(f.reseal(2, f.keys.second) == not_found);
  BOOST_TEST(f.reseal(1, f.keys.second) == accepted);
  auto& row = *f.channel();
  BOOST_TEST(row.version == before.version);
  BOOST_TEST(row.artifact.hex() == before.artifact.hex());
  BOOST_TEST(to_integer(row.artifact_index) ==
             to_integer(before.artifact_index));
  BOOST_TEST(to_integer(row.seal_index) == to_integer(f.last.index));
  BOOST_TEST(row.key.hex() == seal_of(f.keys.second).hex());
}

BOOST_AUTO_TEST_CASE(retire_reseal_revoke_keeps_an_artifact_revertable) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  f.publish(2, "1.0.1");
  f.put_keys(retired, active);
  BOOST_TEST(f.reseal(1, f.keys.second) == accepted);
  auto resealed = f.last.index;
  f.put_keys(revoked, active);
  BOOST_TEST(f.revert(1) == accepted);
  BOOST_TEST(f.channel()->key.hex() == seal_of(f.keys.second).hex());
  BOOST_TEST(to_integer(f.channel()->seal_index) == to_integer(resealed));
}

// -- the whole ledger ---------------------------------------------------------

// -- parts and people ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_event_without_its_parts_is_void) {
  ready_ledger f;
  auto lacks_one = [&](event::body body) {
    auto x = f.command(std::move(body));
    x.parts.pop_back();
    return f.append(x);
  };
  BOOST_TEST(lacks_one(f.publication(1, "1.0.0")) == invalid);
  BOOST_TEST(!f.channel());
  BOOST_TEST(f.publish(1, "1.0.0") == accepted);
  BOOST_TEST(
      lacks_one(event::artifact_resealed{f.client, f.profile, 1, f.artifact(1),
                                         seal_of(f.keys.first)}) == invalid);
  BOOST_TEST(lacks_one(event::policy_set_put{f.policy, "2.0.0",
                                             f.document(2)}) == invalid);
  BOOST_TEST(lacks_one(f.family({"1.0.0", "1.1.0"})) == invalid);
  // The document of a schema that is known lies where it was put first.
  BOOST_TEST(f.command(f.family({"1.0.0"})).parts.size() == 1u);
  BOOST_TEST(f.put_family({"1.0.0"}) == accepted);
}

BOOST_AUTO_TEST_CASE(the_last_administrator_keeps_the_role_nfr7) {
  constexpr auto administrator = static_cast<role_mask>(role::administrator);
  constexpr auto reader = static_cast<role_mask>(role::reader);
  ready_ledger f;
  BOOST_TEST(f.put_principal(f.administrator, reader) == last_administrator);
  BOOST_TEST(f.put_principal(f.administrator, administrator, false) == invalid);
  BOOST_TEST(f.put_principal(f.administrator, administrator | role::reader) ==
             accepted);
  auto second = f.id<principal_id>("second");
  f.put_principal(second, administrator, false);
  BOOST_TEST(f.put_principal(f.administrator, reader) == last_administrator);
  f.put_principal(second, administrator);
  BOOST_TEST(f.put_principal(f.administrator, reader) == accepted);
}

BOOST_AUTO_TEST_CASE(a_moved_ledger_takes_nothing_but_a_restore) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  BOOST_TEST(f.move() == accepted);
  BOOST_TEST(f.publish(2, "1.0.1") == read_only);
  BOOST_TEST(f.tick() == read_only);
  BOOST_TEST(f.move() == read_only);
  BOOST_TEST(f.close(ledger_fixture::id<event_id>("x")) == read_only);
  BOOST_TEST(f.restore(f.incarnation + 1) == accepted);
  BOOST_TEST(f.publish(2, "1.0.1") == accepted);
}

BOOST_AUTO_TEST_CASE(a_restore_starts_a_greater_incarnation) {
  ready_ledger f;
  BOOST_TEST(f.restore(f.incarnation) == invalid);
  BOOST_TEST(f.restore(f.incarnation - 1) == invalid);
  auto late = f.command(f.publication(1, "1.0.0"));
  BOOST_TEST(f.restore(f.incarnation + 5) == accepted);
  BOOST_TEST(f.append(late) == foreign_history);
  BOOST_TEST(f.publish(1, "1.0.0") == accepted);
  auto next = f.next_keyset();
  next.incarnation = f.incarnation;
  BOOST_TEST(f.put_keyset(next) == invalid);
  BOOST_TEST(f.put_keyset(f.next_keyset()) == accepted);
}

BOOST_AUTO_TEST_CASE(an_event_must_name_the_aggregate_that_it_changes) {
  ready_ledger f;
  for (auto name : {"", "channel/claude-code/default/2", "ledger"}) {
    auto x = f.command(f.publication(1, "1.0.0"));
    x.aggregate = name;
    BOOST_TEST(f.append(x) == invalid);
  }
  auto x = f.command(event::tick{});
  x.aggregate = "ledger";
  BOOST_TEST(f.append(x) == invalid);
}

BOOST_AUTO_TEST_SUITE_END()
