#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/utf8.hpp"

#include <stdexcept>

#include <signalbox_generated.h>

// One encode and one decode for each event. The order of the variant is the
// order of the union: type_number relies on it.

namespace signalbox {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using text_offset = Offset<flatbuffers::String>;
using bytes_offset = Offset<flatbuffers::Vector<std::uint8_t>>;

// Verifier limits are part of the format: constants, not library defaults.
constexpr std::size_t max_depth = 16;
constexpr std::size_t max_tables = 4096;

// -- decoding ----------------------------------------------------------------

/// Thrown inside this file only, when a required field is missing or is no
/// value of its type.
struct missing_field {};

template <class Fixed, class Struct>
Fixed fixed(const Struct* x) {
  if (x == nullptr)
    throw missing_field{};
  Fixed out;
  std::memcpy(out.value.data(), x, sizeof(out.value));
  return out;
}

/// FlatBuffers strings are UTF-8, which its verifier does not check; whatever
/// prints or compares them later relies on it.
std::string_view text(const flatbuffers::String* x) {
  if (x == nullptr)
    return {};
  std::string_view out{x->c_str(), x->size()};
  if (!is_utf8(out))
    throw missing_field{};
  return out;
}

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

template <class Table>
bool read_as(const fb::Envelope& x, event::body& out) {
  auto* body = static_cast<const Table*>(x.body());
  if (body == nullptr)
    throw missing_field{};
  out = read(*body);
  return true;
}

/// Throws missing_field; false for an unknown type.
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
  case fb::Body::NONE:
    throw missing_field{};
  }
  return false;
}

/// All but the body. Throws missing_field.
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

// -- encoding ----------------------------------------------------------------

template <class Struct, class Fixed>
Struct to_struct(const Fixed& x) {
  static_assert(sizeof(Struct) == sizeof(x.value));
  Struct out;
  std::memcpy(static_cast<void*>(&out), x.value.data(), sizeof(out));
  return out;
}

template <class Id>
fb::Bytes16 bytes16(const Id& x) {
  return to_struct<fb::Bytes16>(x);
}

fb::Bytes32 bytes32(const digest& x) {
  return to_struct<fb::Bytes32>(x);
}

text_offset put(FlatBufferBuilder& b, std::string_view x) {
  return x.empty() ? text_offset{} : b.CreateString(x.data(), x.size());
}

bytes_offset put(FlatBufferBuilder& b, byte_view x) {
  return b.CreateVector(x.data(), x.size());
}

using body_offset = Offset<void>;

body_offset write(FlatBufferBuilder& b, const event::ledger_created& x) {
  std::vector<Offset<fb::PublicKey>> roots;
  for (auto& root : x.roots)
    roots.push_back(fb::CreatePublicKey(b, put(b, root.spki)));
  auto ledger = bytes16(x.ledger);
  auto administrator = bytes16(x.administrator);
  auto node = bytes16(x.node);
  return fb::CreateLedgerCreated(b, &ledger, x.incarnation,
                                 b.CreateVector(roots), x.threshold,
                                 &administrator, &node)
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::fold_activated& x) {
  return fb::CreateFoldActivated(b, x.fold_version).Union();
}

body_offset write(FlatBufferBuilder& b, const event::keyset_put& x) {
  std::vector<Offset<fb::Signature>> signatures;
  for (auto& signature : x.signatures) {
    auto value = put(b, signature.value);
    auto key = bytes32(signature.key);
    signatures.push_back(fb::CreateSignature(b, &key, value));
  }
  auto payload = put(b, x.payload);
  return fb::CreateKeysetPut(b, payload, b.CreateVector(signatures)).Union();
}

body_offset write(FlatBufferBuilder& b, const event::principal_put& x) {
  auto principal = bytes16(x.principal);
  return fb::CreatePrincipalPut(b, &principal, x.roles, x.active).Union();
}

body_offset write(FlatBufferBuilder& b, const event::token_issued& x) {
  auto token = bytes16(x.token);
  auto principal = bytes16(x.principal);
  auto secret = bytes32(x.secret);
  return fb::CreateTokenIssued(b, &token, &principal, &secret,
                               to_integer(x.expires_at))
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::token_revoked& x) {
  auto token = bytes16(x.token);
  return fb::CreateTokenRevoked(b, &token).Union();
}

body_offset write(FlatBufferBuilder& b, const event::family_put& x) {
  std::vector<Offset<fb::SchemaVersion>> schemas;
  for (auto& schema : x.schemas) {
    auto ref = put(b, schema.schema_ref);
    auto range = put(b, schema.version_range);
    auto document = bytes32(schema.document);
    schemas.push_back(fb::CreateSchemaVersion(b, ref, range, &document));
  }
  auto client = put(b, x.client_id);
  auto list = b.CreateVector(schemas);
  auto document = bytes32(x.document);
  return fb::CreateFamilyPut(b, client, x.default_major, list, &document)
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::profile_put& x) {
  std::vector<text_offset> tags;
  for (auto tag : x.environment)
    tags.push_back(b.CreateString(tag.data(), tag.size()));
  auto client = put(b, x.client_id);
  auto profile = put(b, x.profile);
  return fb::CreateProfilePut(b, client, profile, x.default_major,
                              b.CreateVector(tags))
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::policy_set_put& x) {
  auto id = put(b, x.policy_set_id);
  auto version = put(b, x.version);
  auto document = bytes32(x.document);
  return fb::CreatePolicySetPut(b, id, version, &document).Union();
}

body_offset write(FlatBufferBuilder& b, const event::policy_bound& x) {
  auto client = put(b, x.client_id);
  auto profile = put(b, x.profile);
  auto id = put(b, x.policy_set_id);
  return fb::CreatePolicyBound(b, client, profile, id, put(b, x.version))
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::artifact_published& x) {
  auto client = put(b, x.client_id);
  auto profile = put(b, x.profile);
  auto schema = put(b, x.schema_ref);
  auto version = put(b, x.version);
  auto policy = put(b, x.policy_set_id);
  auto policy_version = put(b, x.policy_version);
  auto artifact = bytes32(x.artifact);
  auto key = bytes32(x.key);
  return fb::CreateArtifactPublished(b, client, profile, x.major, &artifact,
                                     schema, version, policy, policy_version,
                                     &key)
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::artifact_resealed& x) {
  auto client = put(b, x.client_id);
  auto profile = put(b, x.profile);
  auto artifact = bytes32(x.artifact);
  auto key = bytes32(x.key);
  return fb::CreateArtifactResealed(b, client, profile, x.major, &artifact,
                                    &key)
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::channel_reverted& x) {
  auto client = put(b, x.client_id);
  auto profile = put(b, x.profile);
  auto artifact = bytes32(x.artifact);
  return fb::CreateChannelReverted(b, client, profile, x.major, &artifact,
                                   x.forced)
      .Union();
}

body_offset write(FlatBufferBuilder& b, const event::command_closed& x) {
  auto command = bytes16(x.command);
  return fb::CreateCommandClosed(b, &command).Union();
}

body_offset write(FlatBufferBuilder& b, const event::ledger_moved&) {
  return fb::CreateLedgerMoved(b).Union();
}

body_offset write(FlatBufferBuilder& b, const event::ledger_restored& x) {
  return fb::CreateLedgerRestored(b, x.incarnation).Union();
}

body_offset write(FlatBufferBuilder& b, const event::tick&) {
  return fb::CreateTick(b).Union();
}

Offset<fb::Basis> put(FlatBufferBuilder& b, const std::optional<log_basis>& x) {
  if (!x)
    return {};
  auto ledger = bytes16(x->ledger);
  return fb::CreateBasis(b, &ledger, x->incarnation, to_integer(x->index),
                         x->chain);
}

} // namespace

decode_result decode_envelope(byte_view buffer) {
  if (buffer.size() < 8)
    return decode_error::malformed;
  flatbuffers::Verifier verifier{buffer.data(), buffer.size(), max_depth,
                                 max_tables};
  if (!verifier.VerifyBuffer<fb::Envelope>(nullptr))
    return decode_error::malformed;
  auto& table = *flatbuffers::GetRoot<fb::Envelope>(buffer.data());
  try {
    decode_result out{envelope{}};
    if (!read_body(table, out->body))
      return decode_error::unknown_type;
    read_fields(table, *out);
    return out;
  } catch (const missing_field&) {
    return decode_error::malformed;
  }
}

byte_buffer encode_envelope(const envelope& x) {
  FlatBufferBuilder b{1024};
  std::vector<Offset<fb::Precondition>> preconditions;
  for (auto& y : x.preconditions)
    preconditions.push_back(
        fb::CreatePrecondition(b, put(b, y.aggregate), y.version));
  std::vector<fb::Bytes32> names;
  for (auto& name : x.parts)
    names.push_back(bytes32(name));
  auto aggregate = put(b, x.aggregate);
  auto precondition_list =
      preconditions.empty() ? 0 : b.CreateVector(preconditions);
  auto part_list = names.empty() ? 0 : b.CreateVectorOfStructs(names);
  auto body = std::visit([&](auto& y) { return write(b, y); }, x.body);
  auto basis = put(b, x.basis);
  auto correlation = put(b, x.correlation);
  auto causation = put(b, x.causation);
  auto traceparent = put(b, x.traceparent);
  auto id = bytes16(x.id);
  auto request = bytes32(x.request);
  auto principal = bytes16(x.principal);
  auto node = bytes16(x.node);
  fb::EnvelopeBuilder out{b};
  out.add_event_id(&id);
  out.add_request_digest(&request);
  out.add_attempt(x.attempt);
  out.add_version(x.version);
  out.add_aggregate(aggregate);
  out.add_expected(static_cast<fb::Expected>(x.expected.what));
  out.add_expected_version(x.expected.version);
  out.add_preconditions(precondition_list);
  out.add_parts(part_list);
  out.add_body_type(static_cast<fb::Body>(event::type_number(x.body)));
  out.add_body(body);
  out.add_basis(basis);
  out.add_not_after(to_integer(x.not_after));
  out.add_occurred_at(to_integer(x.occurred_at));
  out.add_principal(&principal);
  out.add_node(&node);
  out.add_correlation(correlation);
  out.add_causation(causation);
  out.add_traceparent(traceparent);
  b.Finish(out.Finish());
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

event_id make_event_id(const ledger_id& ledger, const principal_id& principal,
                       std::string_view idempotency_key) {
  auto hash =
      sha256({ledger.view(), principal.view(), as_bytes(idempotency_key)});
  return event_id::from(hash.view().first(event_id::size()));
}

void throw_exception_from_error(decode_error, const boost::source_location&) {
  throw std::runtime_error{"not an envelope"};
}

namespace event {

std::string_view type_name(std::uint16_t number) {
  static constexpr std::string_view names[] = {"ledger_created",
                                               "fold_activated",
                                               "keyset_put",
                                               "principal_put",
                                               "token_issued",
                                               "token_revoked",
                                               "family_put",
                                               "profile_put",
                                               "policy_set_put",
                                               "policy_bound",
                                               "artifact_published",
                                               "artifact_resealed",
                                               "channel_reverted",
                                               "command_closed",
                                               "ledger_moved",
                                               "ledger_restored",
                                               "tick"};
  static_assert(std::size(names) == std::variant_size_v<body>);
  if (number < 1 || number > std::size(names))
    return "unknown";
  return names[number - 1];
}

} // namespace event

} // namespace signalbox
