#include "events/stream_record.hpp"
#include "events/flatbuffer_fields.hpp"

#include <streams_generated.h>

#include <array>

namespace signalbox {

namespace {

using namespace flatbuffer_fields;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr std::array<std::string_view, report_results> result_names{
    "other", "applied", "failed", "rolled_back", "rejected"};

Offset<void> write(FlatBufferBuilder& b, const client_reported& x) {
  const auto client = to_struct<sfb::Bytes16>(x.client);
  const auto artifact = to_struct<sfb::Bytes32>(x.artifact);
  const auto client_id = put(b, x.client_id);
  const auto profile = put(b, x.profile);
  const auto detail = put(b, x.detail);
  return sfb::CreateClientReported(b, &client, client_id, profile, &artifact,
                                   static_cast<std::uint8_t>(x.result),
                                   to_integer(x.applied_at), detail, x.key_mark)
      .Union();
}

Offset<void> write(FlatBufferBuilder& b, const draft_refused& x) {
  std::vector<Offset<sfb::Finding>> findings;
  for (auto& y : x.findings) {
    const auto rule = put(b, y.rule);
    const auto pointer = put(b, y.pointer);
    findings.push_back(sfb::CreateFinding(b, rule, pointer, y.warning));
  }
  const auto listed = b.CreateVector(findings);
  const auto principal = to_struct<sfb::Bytes16>(x.principal);
  const auto operation = put(b, x.operation);
  const auto client_id = put(b, x.client_id);
  const auto profile = put(b, x.profile);
  const auto set = put(b, x.policy_set_id);
  const auto version = put(b, x.policy_version);
  return sfb::CreateDraftRefused(b, &principal, operation, client_id, profile,
                                 set, version, listed, x.left_out)
      .Union();
}

Offset<void> write(FlatBufferBuilder& b, const access_denied& x) {
  const auto principal = to_struct<sfb::Bytes16>(x.principal);
  const auto operation = put(b, x.operation);
  const auto reason = put(b, x.reason);
  return sfb::CreateAccessDenied(
             b, x.principal.is_zero() ? nullptr : &principal, operation, reason)
      .Union();
}

Offset<void> write(FlatBufferBuilder& b, const state_hashed& x) {
  const auto chain = to_struct<sfb::Bytes32>(x.chain);
  const auto state = to_struct<sfb::Bytes16>(x.state);
  return sfb::CreateStateHashed(b, to_integer(x.index), &chain, &state,
                                x.layout)
      .Union();
}

stream_body read(const sfb::ClientReported& x) {
  const bool known = x.result() < report_results;
  return client_reported{fixed<pseudonym>(x.pseudonym()),
                         text(x.client_id()),
                         text(x.profile()),
                         fixed<digest>(x.artifact()),
                         known ? static_cast<report_result>(x.result())
                               : report_result::other,
                         timestamp{x.applied_at()},
                         text(x.detail()),
                         x.key_mark()};
}

stream_body read(const sfb::DraftRefused& x) {
  draft_refused out{fixed<principal_id>(x.principal()),
                    text(x.operation()),
                    text(x.client_id()),
                    text(x.profile()),
                    text(x.policy_set_id()),
                    text(x.policy_version()),
                    {},
                    x.left_out()};
  if (const auto* findings = x.findings())
    for (flatbuffers::uoffset_t i = 0; i < findings->size(); ++i) {
      const auto* y = findings->Get(i);
      out.findings.push_back(
          {text(y->rule()), text(y->pointer()), y->warning()});
    }
  return out;
}

stream_body read(const sfb::AccessDenied& x) {
  return access_denied{x.principal() == nullptr
                           ? principal_id{}
                           : fixed<principal_id>(x.principal()),
                       text(x.operation()), text(x.reason())};
}

stream_body read(const sfb::StateHashed& x) {
  return state_hashed{log_index{x.index()}, fixed<digest>(x.chain()),
                      fixed<state_sum>(x.state()), x.layout()};
}

stream_body read_body(const sfb::StreamRecord& x) {
  switch (x.body_type()) {
  case sfb::Body::ClientReported:
    return read(*x.body_as_ClientReported());
  case sfb::Body::DraftRefused:
    return read(*x.body_as_DraftRefused());
  case sfb::Body::AccessDenied:
    return read(*x.body_as_AccessDenied());
  case sfb::Body::StateHashed:
    return read(*x.body_as_StateHashed());
  default:
    throw malformed_field{};
  }
}

} // namespace

std::string_view to_string(report_result x) {
  return result_names[static_cast<std::size_t>(x)];
}

std::optional<report_result> report_result_from_string(std::string_view text) {
  for (std::size_t i = 0; i < result_names.size(); ++i)
    if (result_names[i] == text)
      return static_cast<report_result>(i);
  return std::nullopt;
}

std::string_view kind_of(const stream_body& x) {
  constexpr std::array<std::string_view, std::variant_size_v<stream_body>>
      names{"client_reported", "draft_refused", "access_denied",
            "state_hashed"};
  return names[x.index()];
}

byte_buffer encode_stream_record(const stream_record& x) {
  FlatBufferBuilder b;
  const auto body = std::visit([&](auto& y) { return write(b, y); }, x.body);
  const auto node = to_struct<sfb::Bytes16>(x.node);
  const auto correlation = put(b, x.correlation);
  b.Finish(sfb::CreateStreamRecord(
      b, static_cast<sfb::Body>(x.body.index() + 1), body,
      to_integer(x.occurred_at), &node, correlation));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

std::optional<stream_record> decode_stream_record(byte_view bytes) {
  flatbuffers::Verifier verifier{bytes.data(), bytes.size(), max_depth,
                                 max_tables};
  if (!sfb::VerifyStreamRecordBuffer(verifier))
    return std::nullopt;
  auto& x = *sfb::GetStreamRecord(bytes.data());
  if (x.body() == nullptr)
    return std::nullopt;
  try {
    return stream_record{read_body(x), timestamp{x.occurred_at()},
                         fixed<principal_id>(x.node()), text(x.correlation())};
  } catch (const malformed_field&) {
    return std::nullopt;
  }
}

} // namespace signalbox
