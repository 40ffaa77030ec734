#include "events/envelope.hpp"
#include "events/flatbuffer_fields.hpp"

#include <limits>
#include <stdexcept>

#include <signalbox_generated.h>

// One read for each event.

namespace signalbox {

namespace {

using namespace flatbuffer_fields;

byte_view bytes(const flatbuffers::Vector<std::uint8_t>* x) {
  return x == nullptr ? byte_view{} : byte_view{x->data(), x->size()};
}

template <class Vector, class F>
void for_each(const Vector* xs, F f) {
  if (xs == nullptr)
    return;
  for (flatbuffers::uoffset_t i = 0; i < xs->size(); ++i)
    f(xs->Get(i));
}

auto read(const fb::LedgerCreated& x) {
  event::ledger_created out{fixed<ledger_id>(x.ledger()),
                            x.incarnation(),
                            {},
                            x.threshold(),
                            fixed<principal_id>(x.administrator()),
                            fixed<principal_id>(x.node())};
  for_each(x.roots(),
           [&](auto* y) { out.roots.push_back({bytes(y->spki())}); });
  return out;
}

auto read(const fb::FoldActivated& x) {
  return event::fold_activated{x.fold_version()};
}

auto read(const fb::KeysetPut& x) {
  event::keyset_put out{bytes(x.payload()), {}};
  for_each(x.signatures(), [&](auto* y) {
    out.signatures.push_back({fixed<digest>(y->key()), bytes(y->value())});
  });
  return out;
}

auto read(const fb::PrincipalPut& x) {
  return event::principal_put{fixed<principal_id>(x.principal()), x.roles(),
                              x.active()};
}

auto read(const fb::TokenIssued& x) {
  return event::token_issued{
      fixed<token_id>(x.token()), fixed<principal_id>(x.principal()),
      fixed<digest>(x.secret()), timestamp{x.expires_at()}};
}

auto read(const fb::TokenRevoked& x) {
  return event::token_revoked{fixed<token_id>(x.token())};
}

auto read(const fb::FamilyPut& x) {
  event::family_put out{
      text(x.client_id()), x.default_major(), {}, fixed<digest>(x.document())};
  for_each(x.schemas(), [&](auto* y) {
    out.schemas.push_back({text(y->schema_ref()), text(y->version_range()),
                           fixed<digest>(y->document())});
  });
  return out;
}

auto read(const fb::ProfilePut& x) {
  event::profile_put out{
      text(x.client_id()), text(x.profile()), x.default_major(), {}};
  for_each(x.environment(),
           [&](auto* y) { out.environment.push_back(text(y)); });
  return out;
}

auto read(const fb::PolicySetPut& x) {
  return event::policy_set_put{text(x.policy_set_id()), text(x.version()),
                               fixed<digest>(x.document())};
}

auto read(const fb::PolicyBound& x) {
  return event::policy_bound{text(x.client_id()), text(x.profile()),
                             text(x.policy_set_id()), text(x.version())};
}

auto read(const fb::ArtifactPublished& x) {
  return event::artifact_published{text(x.client_id()),
                                   text(x.profile()),
                                   x.major(),
                                   fixed<digest>(x.artifact()),
                                   text(x.schema_ref()),
                                   text(x.version()),
                                   text(x.policy_set_id()),
                                   text(x.policy_version()),
                                   fixed<digest>(x.key())};
}

auto read(const fb::ArtifactResealed& x) {
  return event::artifact_resealed{text(x.client_id()), text(x.profile()),
                                  x.major(), fixed<digest>(x.artifact()),
                                  fixed<digest>(x.key())};
}

auto read(const fb::ChannelReverted& x) {
  return event::channel_reverted{text(x.client_id()), text(x.profile()),
                                 x.major(), fixed<digest>(x.artifact()),
                                 x.forced()};
}

auto read(const fb::CommandClosed& x) {
  return event::command_closed{fixed<event_id>(x.command())};
}

auto read(const fb::LedgerMoved&) {
  return event::ledger_moved{};
}

auto read(const fb::LedgerRestored& x) {
  return event::ledger_restored{x.incarnation()};
}

auto read(const fb::Tick&) {
  return event::tick{};
}

auto read(const fb::TemplatePut& x) {
  return event::template_put{text(x.client_id()), text(x.template_id()),
                             text(x.version()), fixed<digest>(x.document())};
}

template <class Table>
bool read_as(const fb::Envelope& x, event::body& out) {
  auto* body = static_cast<const Table*>(x.body());
  if (body == nullptr)
    throw malformed_field{};
  out = read(*body);
  return true;
}

/// Throws malformed_field; false for an unknown type.
bool read_body(const fb::Envelope& x, event::body& out) {
  switch (x.body_type()) {
  case fb::Body::LedgerCreated:
    return read_as<fb::LedgerCreated>(x, out);
  case fb::Body::FoldActivated:
    return read_as<fb::FoldActivated>(x, out);
  case fb::Body::KeysetPut:
    return read_as<fb::KeysetPut>(x, out);
  case fb::Body::PrincipalPut:
    return read_as<fb::PrincipalPut>(x, out);
  case fb::Body::TokenIssued:
    return read_as<fb::TokenIssued>(x, out);
  case fb::Body::TokenRevoked:
    return read_as<fb::TokenRevoked>(x, out);
  case fb::Body::FamilyPut:
    return read_as<fb::FamilyPut>(x, out);
  case fb::Body::ProfilePut:
    return read_as<fb::ProfilePut>(x, out);
  case fb::Body::PolicySetPut:
    return read_as<fb::PolicySetPut>(x, out);
  case fb::Body::PolicyBound:
    return read_as<fb::PolicyBound>(x, out);
  case fb::Body::ArtifactPublished:
    return read_as<fb::ArtifactPublished>(x, out);
  case fb::Body::ArtifactResealed:
    return read_as<fb::ArtifactResealed>(x, out);
  case fb::Body::ChannelReverted:
    return read_as<fb::ChannelReverted>(x, out);
  case fb::Body::CommandClosed:
    return read_as<fb::CommandClosed>(x, out);
  case fb::Body::LedgerMoved:
    return read_as<fb::LedgerMoved>(x, out);
  case fb::Body::LedgerRestored:
    return read_as<fb::LedgerRestored>(x, out);
  case fb::Body::Tick:
    return read_as<fb::Tick>(x, out);
  case fb::Body::TemplatePut:
    return read_as<fb::TemplatePut>(x, out);
  case fb::Body::NONE:
    throw malformed_field{};
  }
  return false;
}

/// All but the body. Throws malformed_field.
void read_fields(const fb::Envelope& x, envelope& out) {
  out.id = fixed<event_id>(x.event_id());
  out.request = fixed<digest>(x.request_digest());
  out.attempt = x.attempt();
  out.version = x.version();
  out.aggregate = text(x.aggregate());
  out.expected = {static_cast<expectation::kind>(x.expected()),
                  x.expected_version()};
  for_each(x.preconditions(), [&](auto* y) {
    out.preconditions.push_back({text(y->aggregate()), y->version()});
  });
  for_each(x.parts(), [&](auto* y) { out.parts.push_back(fixed<digest>(y)); });
  if (auto* basis = x.basis())
    out.basis =
        log_basis{fixed<ledger_id>(basis->ledger()), basis->incarnation(),
                  log_index{basis->index()}, basis->chain()};
  out.not_after = timestamp{x.not_after()};
  out.occurred_at = timestamp{x.occurred_at()};
  out.principal = fixed<principal_id>(x.principal());
  out.node = fixed<principal_id>(x.node());
  out.correlation = text(x.correlation());
  out.causation = text(x.causation());
  out.traceparent = text(x.traceparent());
}

flatbuffers::Verifier verifier_of(byte_view buffer) {
  return {buffer.data(), buffer.size(), max_depth, max_tables};
}

bool verifies(byte_view buffer) {
  return verifier_of(buffer).VerifyBuffer<fb::Envelope>(nullptr);
}

/// Where the number of the body's type stands in a buffer that may be damaged;
/// nullopt if that cannot be told, or where there is none.
std::optional<std::size_t> type_place(byte_view buffer) {
  auto verifier = verifier_of(buffer);
  const auto root = verifier.VerifyOffset(std::size_t{0});
  if (root == 0)
    return std::nullopt;
  auto* table =
      reinterpret_cast<const flatbuffers::Table*>(buffer.data() + root);
  constexpr auto field = fb::Envelope::VT_BODY_TYPE;
  if (!table->VerifyTableStart(verifier) ||
      !table->VerifyField<std::uint8_t>(verifier, field, 1) ||
      !table->CheckField(field))
    return std::nullopt;
  return static_cast<std::size_t>(table->GetAddressOf(field) - buffer.data());
}

bool is_newer(std::uint8_t type) {
  return type <= std::variant_size_v<event::body> &&
         event::fold_version_of(type) > 1;
}

/// Whether nothing is wrong but the body, of a type that the first builds did
/// not know: those did not look into it.
bool malformed_by_newer_body(byte_view buffer) {
  auto place = type_place(buffer);
  if (!place || !is_newer(buffer[*place]))
    return false;
  byte_buffer unknown{buffer.begin(), buffer.end()};
  unknown[*place] = std::numeric_limits<std::uint8_t>::max();
  return verifies(unknown);
}

} // namespace

decode_result decode_envelope(byte_view buffer) {
  if (buffer.size() < 8)
    return decode_error::malformed;
  if (!verifies(buffer))
    return malformed_by_newer_body(buffer) ? decode_error::malformed_newer
                                           : decode_error::malformed;
  auto& table = *flatbuffers::GetRoot<fb::Envelope>(buffer.data());
  const bool newer = is_newer(static_cast<std::uint8_t>(table.body_type()));
  try {
    decode_result out{envelope{}};
    if (!read_body(table, out->body))
      return decode_error::unknown_type;
    read_fields(table, *out);
    return out;
  } catch (const malformed_field&) {
    return newer ? decode_error::malformed_newer : decode_error::malformed;
  }
}

void throw_exception_from_error(decode_error, const boost::source_location&) {
  throw std::runtime_error{"not an envelope"};
}

} // namespace signalbox
