#include "actors/encode.hpp"

#include "events/aggregate.hpp"
#include "projections/chain.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

namespace {

/// Whether the fold will find the writer of this envelope again.
result<void> check_own(byte_view bytes) {
  if (bytes.size() > max_envelope_bytes)
    return failure{errc::too_large, "the command's deciding fields take " +
                                        std::to_string(bytes.size()) +
                                        " bytes; the limit is " +
                                        std::to_string(max_envelope_bytes)};
  if (!decode_envelope(bytes))
    return failure{errc::bad_request,
                   "the command cannot be written: one of its texts is not "
                   "valid UTF-8"};
  return {};
}

} // namespace

result<std::shared_ptr<proposal>>
encode_proposal(const proposal_draft& draft, const command_context& context,
                const view& seen, timestamp now) {
  auto out = std::make_shared<proposal>();
  out->id = make_event_id(seen.ledger.id, context.principal, context.key);
  out->request = context.request;
  out->attempt = context.attempt;
  out->principal = context.principal;
  out->urgent = draft.urgent;
  out->aggregate = aggregate_of(draft.body);
  out->not_after = context.not_after;
  envelope x;
  x.id = out->id;
  x.request = context.request;
  x.attempt = context.attempt;
  x.version = 1;
  x.aggregate = out->aggregate;
  x.expected = draft.expected;
  for (auto& [aggregate, version] : draft.preconditions)
    x.preconditions.push_back({aggregate, version});
  for (auto& part : draft.parts)
    x.parts.push_back(part_name(part));
  x.body = draft.body;
  x.basis = log_basis{seen.ledger.id, seen.ledger.incarnation,
                      log_index{seen.size - 1}, chain_prefix(seen.chain)};
  x.not_after = context.not_after;
  x.occurred_at = now;
  x.principal = context.principal;
  x.node = context.node;
  x.correlation = context.correlation;
  x.traceparent = context.traceparent;
  auto bytes = encode_envelope(x);
  if (auto checked = check_own(bytes); !checked)
    return checked.error();
  out->record = encode_record(bytes, draft.parts);
  if (out->record.size() > max_record_bytes)
    return record_too_large(out->record.size());
  return out;
}

} // namespace signalbox
