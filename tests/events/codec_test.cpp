#include <boost/test/unit_test.hpp>

#include "events/envelope.hpp"
#include "events/hash.hpp"

#include <signalbox_generated.h>

using namespace signalbox;

namespace {

digest number(std::uint8_t x) {
  digest out;
  out.value.fill(x);
  return out;
}

template <class Id>
Id id(std::uint8_t x) {
  Id out;
  out.value.fill(x);
  return out;
}

envelope full(event::body body) {
  envelope x;
  x.id = id<event_id>(1);
  x.request = number(2);
  x.attempt = 3;
  x.version = 4;
  x.aggregate = "channel/codex/prod/1";
  x.expected = {expectation::kind::exactly, 5};
  x.preconditions = {{"keyset", 6}, {"binding/codex/prod", 7}};
  x.parts = {number(8), number(9)};
  x.body = std::move(body);
  x.basis = log_basis{id<ledger_id>(10), 11, log_index{12}, 13};
  x.not_after = timestamp{14};
  x.occurred_at = timestamp{-15};
  x.principal = id<principal_id>(16);
  x.node = id<principal_id>(17);
  x.correlation = "correlation";
  x.causation = "causation";
  x.traceparent = "traceparent";
  return x;
}

/// What came back, after a way over the bytes.
template <class Event>
struct round_trip {
  explicit round_trip(const Event& x)
      : bytes{encode_envelope(full(x))}, read{decode_envelope(bytes).value()},
        body{std::get<Event>(read.body)} {}

  byte_buffer bytes;
  envelope read;
  Event& body;
};

} // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(every_field_of_the_envelope_comes_back) {
  round_trip x{event::tick{}};
  auto& y = x.read;
  BOOST_TEST((y.id == id<event_id>(1)));
  BOOST_TEST((y.request == number(2)));
  BOOST_TEST(y.attempt == 3u);
  BOOST_TEST(y.version == 4u);
  BOOST_TEST(y.aggregate == "channel/codex/prod/1");
  BOOST_TEST((y.expected.what == expectation::kind::exactly));
  BOOST_TEST(y.expected.version == 5u);
  BOOST_REQUIRE(y.preconditions.size() == 2u);
  BOOST_TEST(y.preconditions[1].aggregate == "binding/codex/prod");
  BOOST_TEST(y.preconditions[1].version == 7u);
  BOOST_REQUIRE(y.parts.size() == 2u);
  BOOST_TEST((y.parts[1] == number(9)));
  BOOST_REQUIRE(y.basis.has_value());
  BOOST_TEST((y.basis->ledger == id<ledger_id>(10)));
  BOOST_TEST(y.basis->incarnation == 11u);
  BOOST_TEST(to_integer(y.basis->index) == 12u);
  BOOST_TEST(y.basis->chain == 13u);
  BOOST_TEST(to_integer(y.not_after) == 14);
  BOOST_TEST(to_integer(y.occurred_at) == -15);
  BOOST_TEST((y.principal == id<principal_id>(16)));
  BOOST_TEST((y.node == id<principal_id>(17)));
  BOOST_TEST(y.correlation == "correlation");
  BOOST_TEST(y.causation == "causation");
  BOOST_TEST(y.traceparent == "traceparent");
}

BOOST_AUTO_TEST_CASE(every_field_of_the_events_comes_back) {
  std::string spki = "spki", value = "value";
  event::ledger_created created{id<ledger_id>(1),    2,
                                {{as_bytes(spki)}},  3,
                                id<principal_id>(4), id<principal_id>(5)};
  round_trip a{created};
  BOOST_TEST((a.body.ledger == created.ledger));
  BOOST_TEST(a.body.incarnation == 2u);
  BOOST_REQUIRE(a.body.roots.size() == 1u);
  BOOST_TEST(as_text(a.body.roots[0].spki) == "spki");
  BOOST_TEST(a.body.threshold == 3u);
  BOOST_TEST((a.body.administrator == created.administrator));
  BOOST_TEST((a.body.node == created.node));

  round_trip b{event::fold_activated{7}};
  BOOST_TEST(b.body.fold_version == 7u);

  round_trip c{
      event::keyset_put{as_bytes(spki), {{number(1), as_bytes(value)}}}};
  BOOST_TEST(as_text(c.body.payload) == "spki");
  BOOST_REQUIRE(c.body.signatures.size() == 1u);
  BOOST_TEST((c.body.signatures[0].key == number(1)));
  BOOST_TEST(as_text(c.body.signatures[0].value) == "value");

  round_trip d{event::principal_put{id<principal_id>(1), 5, true}};
  BOOST_TEST((d.body.principal == id<principal_id>(1)));
  BOOST_TEST(d.body.roles == 5u);
  BOOST_TEST(d.body.active);

  round_trip e{event::token_issued{id<token_id>(1), id<principal_id>(2),
                                   number(3), timestamp{4}}};
  BOOST_TEST((e.body.token == id<token_id>(1)));
  BOOST_TEST((e.body.principal == id<principal_id>(2)));
  BOOST_TEST((e.body.secret == number(3)));
  BOOST_TEST(to_integer(e.body.expires_at) == 4);

  round_trip f{event::token_revoked{id<token_id>(1)}};
  BOOST_TEST((f.body.token == id<token_id>(1)));

  round_trip g{event::family_put{
      "codex", 2, {{"codex/1.0.0", ">=1", number(1)}}, number(2)}};
  BOOST_TEST(g.body.client_id == "codex");
  BOOST_TEST(g.body.default_major == 2u);
  BOOST_REQUIRE(g.body.schemas.size() == 1u);
  BOOST_TEST(g.body.schemas[0].schema_ref == "codex/1.0.0");
  BOOST_TEST(g.body.schemas[0].version_range == ">=1");
  BOOST_TEST((g.body.schemas[0].document == number(1)));
  BOOST_TEST((g.body.document == number(2)));

  round_trip h{event::profile_put{"codex", "prod", 2, {"a", "", "b"}}};
  BOOST_TEST(h.body.profile == "prod");
  BOOST_TEST(h.body.default_major == 2u);
  BOOST_REQUIRE(h.body.environment.size() == 3u);
  BOOST_TEST(h.body.environment[1] == "");
  BOOST_TEST(h.body.environment[2] == "b");

  round_trip i{event::policy_set_put{"base", "1.0.0", number(1)}};
  BOOST_TEST(i.body.policy_set_id == "base");
  BOOST_TEST(i.body.version == "1.0.0");
  BOOST_TEST((i.body.document == number(1)));

  round_trip j{event::policy_bound{"codex", "prod", "base", "1.0.0"}};
  BOOST_TEST(j.body.client_id == "codex");
  BOOST_TEST(j.body.profile == "prod");
  BOOST_TEST(j.body.policy_set_id == "base");
  BOOST_TEST(j.body.version == "1.0.0");

  round_trip k{event::artifact_published{"codex", "prod", 3, number(1),
                                         "codex/3.0.0", "1.2.3", "base",
                                         "1.0.0", number(2)}};
  BOOST_TEST(k.body.client_id == "codex");
  BOOST_TEST(k.body.profile == "prod");
  BOOST_TEST(k.body.major == 3u);
  BOOST_TEST((k.body.artifact == number(1)));
  BOOST_TEST(k.body.schema_ref == "codex/3.0.0");
  BOOST_TEST(k.body.version == "1.2.3");
  BOOST_TEST(k.body.policy_set_id == "base");
  BOOST_TEST(k.body.policy_version == "1.0.0");
  BOOST_TEST((k.body.key == number(2)));

  round_trip l{
      event::artifact_resealed{"codex", "prod", 3, number(1), number(2)}};
  BOOST_TEST(l.body.major == 3u);
  BOOST_TEST((l.body.artifact == number(1)));
  BOOST_TEST((l.body.key == number(2)));

  round_trip m{event::channel_reverted{"codex", "prod", 3, number(1), true}};
  BOOST_TEST(m.body.major == 3u);
  BOOST_TEST((m.body.artifact == number(1)));
  BOOST_TEST(m.body.forced);

  round_trip n{event::command_closed{id<event_id>(9)}};
  BOOST_TEST((n.body.command == id<event_id>(9)));

  round_trip o{event::ledger_restored{99}};
  BOOST_TEST(o.body.incarnation == 99u);

  round_trip p{event::template_put{"codex", "search", "1.2.0", number(1)}};
  BOOST_TEST(p.body.client_id == "codex");
  BOOST_TEST(p.body.template_id == "search");
  BOOST_TEST(p.body.version == "1.2.0");
  BOOST_TEST((p.body.document == number(1)));
}

BOOST_AUTO_TEST_CASE(type_numbers_are_the_unions) {
  auto union_number = [](const event::body& x) {
    auto bytes = encode_envelope(full(x));
    auto* table = flatbuffers::GetRoot<fb::Envelope>(bytes.data());
    return std::string{fb::EnumNameBody(table->body_type())};
  };
  BOOST_TEST(union_number(event::ledger_created{}) == "LedgerCreated");
  BOOST_TEST(union_number(event::artifact_published{}) == "ArtifactPublished");
  BOOST_TEST(union_number(event::tick{}) == "Tick");
  BOOST_TEST(event::type_name(1) == "ledger_created");
  BOOST_TEST(event::type_name(17) == "tick");
  BOOST_TEST(event::type_name(0) == "unknown");
  BOOST_TEST(union_number(event::template_put{}) == "TemplatePut");
  BOOST_TEST(event::type_name(18) == "template_put");
  BOOST_TEST(event::type_name(19) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_cut_envelope_is_malformed_wherever_it_is_cut) {
  auto bytes = encode_envelope(full(event::tick{}));
  for (std::size_t size = 0; size + 8 < bytes.size(); ++size) {
    byte_buffer cut{bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(size)};
    auto read = decode_envelope(cut);
    BOOST_TEST((!read && read.error() == decode_error::malformed));
  }
}

BOOST_AUTO_TEST_CASE(an_envelope_without_a_required_field_is_malformed) {
  flatbuffers::FlatBufferBuilder b;
  auto tick = fb::CreateTick(b);
  fb::EnvelopeBuilder out{b};
  out.add_body_type(fb::Body::Tick);
  out.add_body(tick.Union());
  b.Finish(out.Finish());
  auto read = decode_envelope({b.GetBufferPointer(), b.GetSize()});
  BOOST_TEST((!read && read.error() == decode_error::malformed));
}

/// What the first builds say: they know no type above 17, and so never look
/// into its body.
BOOST_AUTO_TEST_CASE(damage_in_a_newer_body_is_told_from_other_damage) {
  const auto whole = encode_envelope(
      full(event::template_put{"codex", "search", "1.0.0", number(200)}));
  const auto* table = flatbuffers::GetRoot<fb::Envelope>(whole.data());
  auto* body = static_cast<const std::uint8_t*>(table->body());
  auto damaged = whole;
  const auto at = static_cast<std::size_t>(body - whole.data());
  damaged[at] = damaged[at + 1] = damaged[at + 2] = 255; // where its fields are
  auto read = decode_envelope(damaged);
  BOOST_TEST((!read && read.error() == decode_error::malformed_newer));
  // A required field of the body that is missing.
  flatbuffers::FlatBufferBuilder b;
  auto empty = fb::CreateTemplatePut(b);
  fb::EnvelopeBuilder out{b};
  out.add_body_type(fb::Body::TemplatePut);
  out.add_body(empty.Union());
  b.Finish(out.Finish());
  read = decode_envelope({b.GetBufferPointer(), b.GetSize()});
  BOOST_TEST((!read && read.error() == decode_error::malformed_newer));
  // Damage elsewhere is damage to every build.
  for (std::size_t size = 0; size + 8 < whole.size(); size += 3) {
    read = decode_envelope(byte_view{whole}.first(size));
    BOOST_TEST(!read);
  }
  read = decode_envelope(byte_view{whole}.first(40));
  BOOST_TEST((!read && read.error() == decode_error::malformed));
}

BOOST_AUTO_TEST_CASE(an_id_is_bound_to_ledger_principal_and_key) {
  auto ledger = id<ledger_id>(1);
  auto who = id<principal_id>(2);
  auto x = make_event_id(ledger, who, "key");
  byte_buffer in(16, 1);
  in.insert(in.end(), 16, 2);
  for (auto c : std::string_view{"key"})
    in.push_back(static_cast<std::uint8_t>(c));
  BOOST_TEST(x.hex() == sha256(in).hex().substr(0, 32));
  BOOST_TEST((x != make_event_id(id<ledger_id>(3), who, "key")));
  BOOST_TEST((x != make_event_id(ledger, id<principal_id>(3), "key")));
  BOOST_TEST((x != make_event_id(ledger, who, "kez")));
}

BOOST_AUTO_TEST_SUITE_END()
