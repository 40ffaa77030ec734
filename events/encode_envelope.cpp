#include "events/envelope.hpp"
#include "events/flatbuffer_fields.hpp"

#include <signalbox_generated.h>

// One write for each event. The order of the variant is the order of the union:
// type_number relies on it.

namespace signalbox {

namespace {

using flatbuffer_fields::put;
using flatbuffer_fields::to_struct;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using text_offset = Offset<flatbuffers::String>;
using bytes_offset = Offset<flatbuffers::Vector<std::uint8_t>>;

template <class Id>
fb::Bytes16 bytes16(const Id& x) {
  return to_struct<fb::Bytes16>(x);
}

fb::Bytes32 bytes32(const digest& x) {
  return to_struct<fb::Bytes32>(x);
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

body_offset write(FlatBufferBuilder& b, const event::template_put& x) {
  auto client = put(b, x.client_id);
  auto id = put(b, x.template_id);
  auto version = put(b, x.version);
  auto document = bytes32(x.document);
  return fb::CreateTemplatePut(b, client, id, version, &document).Union();
}

Offset<fb::Basis> put(FlatBufferBuilder& b, const std::optional<log_basis>& x) {
  if (!x)
    return {};
  auto ledger = bytes16(x->ledger);
  return fb::CreateBasis(b, &ledger, x->incarnation, to_integer(x->index),
                         x->chain);
}

} // namespace

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

} // namespace signalbox
