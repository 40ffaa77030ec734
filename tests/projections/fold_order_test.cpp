#include <functional>

#include <boost/test/unit_test.hpp>

#include <signalbox_generated.h>

#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A publication about to be appended, on its way to fail some checks.
struct attack {
  envelope command;
  bool cut = false;
  bool unknown_type = false;
};

struct check {
  outcome reason;
  std::function<void(ready_ledger&, attack&)> fail;
};

/// The fold's order (records: the fold's order). The entry is the publication
/// of artifact 2 as 1.0.1 where artifact 1 is current as 1.0.0.
const std::vector<check>& checks() {
  static const std::vector<check> out{
      {outcome::malformed, [](auto&, attack& x) { x.cut = true; }},
      {outcome::too_large,
       [](auto& f, attack& x) {
         x.command.traceparent = f.keep(std::string(max_envelope_bytes, 'x'));
       }},
      {outcome::unknown_type, [](auto&, attack& x) { x.unknown_type = true; }},
      {outcome::foreign_history,
       [](auto&, attack& x) { ++x.command.basis->chain; }},
      {outcome::closed,
       [](auto& f, attack& x) {
         x.command.id = ledger_fixture::id<event_id>("closed");
         f.close(x.command.id);
       }},
      {outcome::key_reused,
       [](auto& f, attack& x) {
         f.say(event::tick{});
         if (x.command.id != ledger_fixture::id<event_id>("closed"))
           x.command.id = f.last.id;
       }},
      {outcome::expired,
       [](auto&, attack& x) { x.command.not_after = timestamp{1}; }},
      {outcome::forbidden,
       [](auto&, attack& x) {
         x.command.principal = ledger_fixture::id<principal_id>("nobody");
       }},
      {outcome::key_inactive,
       [](auto&, attack& x) {
         std::get<event::artifact_published>(x.command.body).key = {};
       }},
      {outcome::precondition,
       [](auto&, attack& x) {
         x.command.preconditions.push_back({"ledger", 77});
       }},
      {outcome::conflict,
       [](auto&, attack& x) {
         x.command.expected = {expectation::kind::exactly, 77};
       }},
      {outcome::invalid,
       [](auto&, attack& x) { x.command.aggregate = "channel/of/another/1"; }},
      {outcome::version_not_greater,
       [](auto&, attack& x) {
         std::get<event::artifact_published>(x.command.body).version = "0.9.0";
       }},
  };
  return out;
}

void set_body_type(byte_buffer& bytes, std::uint8_t type) {
  auto* root = flatbuffers::GetMutableRoot<flatbuffers::Table>(bytes.data());
  BOOST_REQUIRE(root->SetField<std::uint8_t>(fb::Envelope::VT_BODY_TYPE, type,
                                             std::uint8_t{0}));
}

byte_buffer bytes_of(const attack& x) {
  auto out = encode_envelope(x.command);
  if (x.unknown_type)
    set_body_type(out, 200);
  if (x.cut)
    out.resize(out.size() - 8);
  return out;
}

outcome outcome_of(const std::vector<check>& failing) {
  ready_ledger f;
  f.publish(1, "1.0.0");
  attack x{f.command(f.publication(2, "1.0.1"))};
  for (auto& y : failing)
    y.fail(f, x);
  return f.append_bytes(bytes_of(x));
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold_order)

BOOST_AUTO_TEST_CASE(an_entry_that_fails_no_check_is_accepted) {
  BOOST_TEST(outcome_of({}) == outcome::accepted);
}

BOOST_AUTO_TEST_CASE(each_check_alone_gives_its_reason) {
  for (auto& x : checks())
    BOOST_TEST(outcome_of({x}) == x.reason);
}

BOOST_AUTO_TEST_CASE(of_two_failing_checks_the_earlier_is_the_reason) {
  for (std::size_t i = 0; i < checks().size(); ++i)
    for (std::size_t j = i + 1; j < checks().size(); ++j)
      BOOST_TEST_CONTEXT(checks()[i].reason << " and " << checks()[j].reason)
  BOOST_TEST(outcome_of({checks()[i], checks()[j]}) == checks()[i].reason);
}

BOOST_AUTO_TEST_CASE(an_entry_that_fails_every_check_is_malformed) {
  BOOST_TEST(outcome_of(checks()) == outcome::malformed);
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_found_before_its_deadline_is_read) {
  ready_ledger f;
  auto x = f.command(f.publication(1, "1.0.0"));
  BOOST_TEST(f.append(x) == outcome::accepted);
  f.now = f.now + 3'600'000;
  f.tick();
  BOOST_TEST(f.append(x) == outcome::duplicate);
}

BOOST_AUTO_TEST_SUITE_END()
