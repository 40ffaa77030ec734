#include "projections/decoded_entry.hpp"

#include "events/hash.hpp"

namespace signalbox {

decoded_entry decode_entry(byte_view envelope) {
  return {decode_envelope(envelope), sha256(envelope), envelope.size()};
}

} // namespace signalbox
