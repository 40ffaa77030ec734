#include "events/keyset_event.hpp"

namespace signalbox {

dsse_envelope to_envelope(const event::keyset_put& x) {
  dsse_envelope out{
      std::string{payload_types::keyset}, to_buffer(x.payload), {}};
  for (auto& signature : x.signatures)
    out.signatures.push_back({signature.key, to_buffer(signature.value)});
  return out;
}

event::keyset_put to_event(const dsse_envelope& x) {
  event::keyset_put out{x.payload, {}};
  for (auto& signature : x.signatures)
    out.signatures.push_back({signature.key_id, signature.signature});
  return out;
}

} // namespace signalbox
