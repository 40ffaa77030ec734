#include "app/founding_roots.hpp"

#include "events/envelope.hpp"
#include "events/record.hpp"

namespace signalbox {

namespace {

result<digest> fingerprint_of(const log_entry_view& first) {
  auto decoded = decode_envelope(envelope_of(first.record));
  auto* created =
      decoded ? std::get_if<event::ledger_created>(&decoded->body) : nullptr;
  if (created == nullptr)
    return failure{errc::log_corrupt, "entry 0 of the log begins no ledger"};
  std::vector<byte_buffer> roots;
  for (auto& root : created->roots)
    roots.push_back(to_buffer(root.spki));
  return root_fingerprint(roots, created->threshold);
}

} // namespace

result<digest> founding_fingerprint(const event_log& log) {
  result<digest> out = failure{errc::not_found, "the log is empty"};
  auto read = log.read(log_index{0}, [&](const log_entry_view& x) {
    out = fingerprint_of(x);
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

} // namespace signalbox
