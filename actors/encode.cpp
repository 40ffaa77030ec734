#include "actors/encode.hpp"

#include "events/aggregate.hpp"
#include "projections/chain.hpp"

namespace signalbox {

std::shared_ptr<proposal> encode_proposal(const proposal_draft& draft,
                                          const command_context& context,
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
  out->record = encode_record(encode_envelope(x), draft.parts);
  return out;
}

} // namespace signalbox
