#include "tests/projections/golden_log.hpp"

#include <cstdlib>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include <signalbox_generated.h>

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr int mutation_count = 200'000;

/// Fold versions, each with a log of its own.
constexpr int versions[] = {1, 2};

/// Keys of the golden log: they guard nothing.
private_key golden_key(const char* name) {
  std::ifstream in{golden_log::folder() / (std::string{name} + ".pem")};
  std::ostringstream text;
  text << in.rdbuf();
  return private_key::from_encrypted_pem(text.str(), "golden").value();
}

void make_golden_keys() {
  for (auto name : {"root-1", "root-2", "root-3", "seal-1", "seal-2"}) {
    auto path = golden_log::folder() / (std::string{name} + ".pem");
    if (!std::filesystem::exists(path))
      std::ofstream{path}
          << ledger_keys::make().to_encrypted_pem("golden").value();
  }
}

ledger_keys golden_keys() {
  return {{golden_key("root-1"), golden_key("root-2"), golden_key("root-3")},
          golden_key("seal-1"),
          golden_key("seal-2")};
}

/// Void entries of every kind that the events below do not give.
void add_void_entries(ledger_fixture& f) {
  auto body = f.publication(7, "7.0.0");
  body.key = f.keys.second.public_part().key_id();
  auto x = f.command(body);
  auto with = [&](auto change) {
    auto y = f.command(body);
    change(y);
    f.append(y);
  };
  f.append_bytes({});
  f.append_bytes(byte_buffer(40, 7));
  with([&](auto& y) { y.traceparent = f.keep(std::string(33'000, 'x')); });
  with([](auto& y) { ++y.basis->chain; });
  with([](auto& y) { y.not_after = timestamp{1}; });
  with([](auto& y) { y.not_after = {}; });
  with([](auto& y) { y.parts.pop_back(); });
  with([](auto& y) { y.causation = "\xC3"; });
  f.put_principal(f.administrator, static_cast<role_mask>(role::reader));
  with([](auto& y) { y.principal = {}; });
  with([](auto& y) { y.preconditions = {{"ledger", 77}, {"keyset", 1}}; });
  with([](auto& y) { y.expected = {expectation::kind::exactly, 9}; });
  with([](auto& y) { y.expected = {expectation::kind::none, 0}; });
  with([](auto& y) { y.aggregate = "other"; });
  auto bytes = encode_envelope(x);
  flatbuffers::GetMutableRoot<flatbuffers::Table>(bytes.data())
      ->SetField<std::uint8_t>(fb::Envelope::VT_BODY_TYPE, 99, 0);
  f.append_bytes(bytes);
  f.append(x);
  f.append(x);
  x.request = {};
  f.append(x);
}

/// Every event at least once accepted where it can be, with all fields.
void write_history(ledger_fixture& f) {
  auto creation = f.creation();
  creation.threshold = 2;
  f.say(creation);
  f.put_keyset(f.next_keyset(), {0});
  f.put_keyset(f.next_keyset(), {0, 2});
  f.put_principal(f.publisher, role::publisher | role::reader);
  f.put_principal(f.operator_id, static_cast<role_mask>(role::operator_role));
  f.put_family({"1.0.0", "1.1.0"});
  f.put_profile();
  f.bind_policy();
  f.put_policy_set();
  f.put_policy_set("1.0.0", 2);
  f.bind_policy();
  f.issue_token(1, f.publisher, f.now + 3'600'000);
  f.revoke_token(1);
  auto full = f.command(f.publication(1, "1.0.0"));
  full.version = 1;
  full.attempt = 2;
  full.expected = {expectation::kind::none, 0};
  full.preconditions = {{"keyset", 1}, {"binding/claude-code/default", 1}};
  full.parts = {ledger_fixture::document(1), ledger_fixture::document(2),
                ledger_fixture::document(3)};
  full.correlation = "correlation";
  full.causation = "causation";
  full.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  f.append(full);
  f.publish(1, "1.0.1");
  f.publish(2, "0.9.0");
  f.publish(2, "1.1.0");
  f.publish(1, "1.2.0");
  f.revert(1);
  auto next = f.next_keyset();
  next.keys = {
      ledger_fixture::entry_of(f.keys.first, f.node, key_status::retired),
      ledger_fixture::entry_of(f.keys.second, f.node),
      ledger_fixture::entry_of(f.keys.second, f.node, key_status::active,
                               key_role::head)};
  f.put_keyset(next, {1, 2});
  f.publish(3, "1.3.0");
  f.reseal(1, f.keys.second);
  auto third = f.publication(3, "1.3.0");
  third.key = f.keys.second.public_part().key_id();
  f.say(third);
  add_void_entries(f);
  auto late = ledger_fixture::id<event_id>("late");
  f.close(late);
  f.close(late);
  auto x = f.command(third);
  x.id = late;
  f.append(x);
  f.tick();
  f.say(event::fold_activated{5});
  f.move();
  f.tick();
  f.restore(f.incarnation + 1);
  f.tick();
}

/// What fold version 2 brought, before its gate and behind it.
void write_second_history(ledger_fixture& f) {
  f.prepare();
  f.put_template();
  f.publish(1, "1.0.0");
  f.say(event::fold_activated{3});
  f.say(event::fold_activated{2});
  f.put_template();
  f.put_template();
  f.put_template("1.0.0", 2);
  f.put_template("1.1.0", 2);
  f.say(event::template_put{"nobody", "search", "1.0.0", f.document(1)});
  f.say(event::template_put{f.client, "Search", "1.0.0", f.document(1)});
  f.say(event::template_put{f.client, "search", "1", f.document(1)});
  auto x = f.command(
      event::template_put{f.client, "other", "1.0.0-rc.1+b", f.document(3)});
  x.expected = {expectation::kind::none, 0};
  x.preconditions = {{"family/claude-code", 1}};
  f.append(x);
  x = f.command(x.body);
  x.principal = f.operator_id;
  f.append(x);
  x = f.command(x.body);
  x.parts.clear();
  f.append(x);
  f.publish(2, "1.0.1");
  f.put_family({"1.0.0", "1.1.0"});
  f.tick();
}

golden_log make_golden(int version = 1) {
  ledger_fixture f{golden_keys()};
  version == 1 ? write_history(f) : write_second_history(f);
  golden_log out;
  out.entries = f.log;
  for (std::size_t i = 0; i < f.state.judgements.size(); ++i)
    out.outcomes.push_back(static_cast<outcome>(f.state.judgements[i].result));
  out.chain = f.state.chain.hex();
  out.state = f.state.hash.hex();
  return out;
}

/// Changes some bytes of an entry, or its length.
byte_buffer mutate(byte_buffer x, std::mt19937& random) {
  auto roll = [&](std::size_t sides) { return random() % sides; };
  switch (roll(8)) {
  case 0:
    x.resize(roll(x.size() + 1));
    return x;
  case 1:
    x.resize(x.size() + roll(64), static_cast<std::uint8_t>(random()));
    return x;
  default:
    break;
  }
  for (auto count = 1 + roll(4); count > 0 && !x.empty(); --count) {
    // Tables and their offsets lie in front.
    auto end = roll(2) == 0 ? std::min<std::size_t>(x.size(), 200) : x.size();
    auto& byte = x[roll(end)];
    static constexpr std::uint8_t nasty[] = {0, 1, 127, 128, 254, 255};
    byte = roll(2) == 0 ? static_cast<std::uint8_t>(random())
                        : nasty[roll(std::size(nasty))];
  }
  return x;
}

/// Feeds mutations of each entry to the state that the entry met, some in a
/// row, and gives the SHA-256 of all verdicts and chains. The sequence is the
/// same everywhere: the standard fixes mt19937.
std::string judge_mutations(const golden_log& golden, int count,
                            std::set<outcome>& seen) {
  constexpr int in_a_row = 20;
  std::vector<ledger_state> states(1);
  for (auto& x : golden.entries) {
    auto next = states.back();
    step(next, log_index{next.size}, x.append_time, x.envelope).value();
    states.push_back(std::move(next));
  }
  std::mt19937 random{1};
  byte_buffer verdicts;
  for (int i = 0; i < count; i += in_a_row) {
    auto entry = random() % golden.entries.size();
    auto& x = golden.entries[entry];
    auto state = states[entry];
    for (int j = 0; j < in_a_row; ++j) {
      auto bytes = mutate(x.envelope, random);
      auto judged = step(state, log_index{state.size}, x.append_time, bytes);
      verdicts.push_back(judged ? static_cast<std::uint8_t>(judged->result)
                                : 255);
      if (judged)
        seen.insert(judged->result);
    }
    auto end = state.chain.view();
    verdicts.insert(verdicts.end(), end.begin(), end.end());
  }
  return sha256(verdicts).hex();
}

void update() {
  make_golden_keys();
  for (auto version : versions) {
    auto made = make_golden(version);
    std::set<outcome> seen;
    made.mutations = judge_mutations(made, mutation_count, seen);
    made.write(version);
  }
}

bool may_update() {
  auto* x = std::getenv("SIGNALBOX_UPDATE_GOLDEN");
  return x != nullptr && std::string_view{x} == "1";
}

} // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(a_log_of_the_past_is_judged_as_it_was) {
  if (may_update())
    update();
  for (auto version : versions) {
    auto log = golden_log::read(version);
    ledger_state state;
    for (std::size_t i = 0; i < log.entries.size(); ++i)
      BOOST_TEST_CONTEXT("version " << version << " entry " << i) {
        auto& x = log.entries[i];
        auto judged = step(state, log_index{i}, x.append_time, x.envelope);
        BOOST_REQUIRE(judged);
        BOOST_TEST(judged->result == log.outcomes[i]);
      }
    BOOST_TEST(state.chain.hex() == log.chain);
    BOOST_TEST(state.hash.hex() == log.state);
  }
}

BOOST_AUTO_TEST_CASE(the_logs_of_the_past_hold_every_event_and_outcome) {
  std::set<std::uint16_t> accepted_types;
  std::set<outcome> outcomes;
  for (auto version : versions) {
    auto log = golden_log::read(version);
    for (std::size_t i = 0; i < log.entries.size(); ++i) {
      outcomes.insert(log.outcomes[i]);
      if (auto x = decode_envelope(log.entries[i].envelope);
          x && log.outcomes[i] == outcome::accepted)
        accepted_types.insert(event::type_number(x->body));
    }
  }
  BOOST_TEST(accepted_types.size() == std::variant_size_v<event::body>);
  for (int i = 0; to_string(static_cast<outcome>(i)) != "unknown"; ++i)
    BOOST_TEST(outcomes.contains(static_cast<outcome>(i)),
               static_cast<outcome>(i) << " is missing");
}

BOOST_AUTO_TEST_CASE(the_history_is_written_today_as_it_was) {
  // Other bytes are allowed to a newer library, other outcomes are not.
  for (auto version : versions)
    BOOST_TEST(make_golden(version).outcomes ==
                   golden_log::read(version).outcomes,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mutated_entries_get_the_same_verdicts_everywhere) {
  for (auto version : versions) {
    auto log = golden_log::read(version);
    std::set<outcome> seen;
    BOOST_TEST(judge_mutations(log, mutation_count, seen) == log.mutations);
    std::set<outcome> again;
    BOOST_TEST(judge_mutations(log, mutation_count, again) == log.mutations);
    // They are worth nothing if all of them are malformed.
    BOOST_TEST(seen.size() > 10u);
    BOOST_TEST(seen.contains(outcome::accepted));
  }
}

BOOST_AUTO_TEST_SUITE_END()
