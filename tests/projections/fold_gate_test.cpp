#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <signalbox_generated.h>

#include "projections/state_rows.hpp"
#include "tests/projections/ledger_fixture.hpp"

// What fold version 2 turned on, before and behind its gate.

using namespace signalbox;
using namespace signalbox::test;
using enum outcome;

namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

rows stored(ledger_state state) {
  rows out;
  mark_all_rows(state);
  drain_rows(state, [&](std::string key, std::string row, bool erased) {
    if (!erased)
      out.emplace_back(std::move(key), std::move(row));
  });
  std::sort(out.begin(), out.end());
  return out;
}

bool loads(const rows& x) {
  ledger_state state;
  state_loader loader{state};
  for (auto& [key, row] : x)
    if (!loader.load(key, row))
      return false;
  return loader.finish();
}

/// A template_put whose body is no table.
byte_buffer damaged(ledger_fixture& f) {
  auto out = encode_envelope(f.command(event::template_put{
      f.client, "search", "1.0.0", ledger_fixture::document(1)}));
  const auto* table = flatbuffers::GetRoot<fb::Envelope>(out.data());
  const auto at = static_cast<const std::uint8_t*>(table->body()) - out.data();
  std::fill_n(out.begin() + at, 4, std::uint8_t{255});
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold_gate)

BOOST_AUTO_TEST_CASE(a_new_event_is_unknown_before_its_fold_version) {
  ready_ledger f;
  BOOST_TEST(f.state.ledger->fold_version == 1u);
  const auto hash = f.state.hash;
  BOOST_TEST(f.put_template() == unknown_type);
  BOOST_TEST(f.state.templates.size() == 0u);
  BOOST_TEST(f.state.version_of("template/claude-code/search/1.0.0") == 0u);
  BOOST_TEST(f.say(event::fold_activated{2}) == accepted);
  BOOST_TEST(f.put_template() == accepted);
  BOOST_TEST((f.state.hash != hash));
}

/// The builds that knew version 1 alone never looked into such a body, so what
/// is wrong there cannot matter before the gate: the chain would fork.
BOOST_AUTO_TEST_CASE(damage_in_a_new_event_counts_behind_the_gate_only) {
  ready_ledger f;
  BOOST_TEST(f.append_bytes(damaged(f)) == unknown_type);
  auto broken = f.command(event::template_put{f.client, "\xC3", "1.0.0",
                                              ledger_fixture::document(1)});
  BOOST_TEST(f.append(broken) == unknown_type);
  f.raise_fold();
  BOOST_TEST(f.append_bytes(damaged(f)) == malformed);
  broken.basis = f.basis();
  BOOST_TEST(f.append(broken) == malformed);
}

BOOST_AUTO_TEST_CASE(fold_versions_follow_each_other) {
  ready_ledger f;
  BOOST_TEST(f.say(event::fold_activated{1}) == invalid);
  BOOST_TEST(f.say(event::fold_activated{3}) == invalid);
  auto x = f.command(event::fold_activated{2});
  x.principal = f.operator_id;
  BOOST_TEST(f.append(x) == forbidden);
  BOOST_TEST(f.say(event::fold_activated{2}) == accepted);
  BOOST_TEST(f.say(event::fold_activated{2}) == invalid);
}

/// An older build that took a newer one's state would go on behind the gate.
BOOST_AUTO_TEST_CASE(a_stored_state_of_another_fold_version_is_folded_again) {
  ready_ledger f;
  auto written = stored(f.state);
  BOOST_TEST(loads(written));
  for (auto& [key, row] : written)
    if (key == "!position") // begins with the layout, four bytes big endian
      --row.at(3);
  BOOST_TEST(!loads(written));
}

BOOST_AUTO_TEST_CASE(a_template_is_put_once_section3) {
  ready_ledger f;
  f.raise_fold();
  BOOST_TEST(f.put_template() == accepted);
  BOOST_TEST(f.put_template() == unchanged);
  BOOST_TEST(f.put_template("1.0.0", 2) == already_exists);
  BOOST_TEST(f.put_template("0.9.0", 2) == accepted);
  BOOST_TEST(f.put_template("1.1.0", 1) == accepted);
  BOOST_TEST(f.state.templates.size() == 3u);
  // Its family may be put again: the template stays.
  BOOST_TEST(f.put_family({"1.0.0", "1.1.0"}) == accepted);
  BOOST_TEST(f.state.templates.size() == 3u);
  BOOST_TEST((fold_all(f.log).hash == f.state.hash));
}

BOOST_AUTO_TEST_CASE(a_template_outside_the_rules_is_void) {
  ready_ledger f;
  f.raise_fold();
  const auto put = [&](std::string_view client, std::string_view id,
                       std::string_view version) {
    return f.say(
        event::template_put{client, id, version, ledger_fixture::document(1)});
  };
  BOOST_TEST(put("nobody", "search", "1.0.0") == not_found);
  BOOST_TEST(put(f.client, "Search", "1.0.0") == invalid);
  BOOST_TEST(put(f.client, "", "1.0.0") == invalid);
  BOOST_TEST(put(f.client, "search", "1") == invalid);
  auto x = f.command(event::template_put{f.client, "search", "1.0.0",
                                         ledger_fixture::document(1)});
  BOOST_TEST(x.parts.size() == 1u);
  x.parts.clear();
  BOOST_TEST(f.append(x) == invalid);
  x = f.command(x.body);
  x.principal = f.operator_id;
  BOOST_TEST(f.append(x) == forbidden);
}

BOOST_AUTO_TEST_SUITE_END()
