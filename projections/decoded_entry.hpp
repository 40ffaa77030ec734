#pragma once

#include "events/envelope.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// All that the fold takes from an entry's envelope and that needs no state:
/// made on any thread, ahead of the fold. Views point into the envelope.
struct decoded_entry {
  decode_result command{decode_error::malformed};
  digest hash;          ///< SHA-256 of the envelope
  std::size_t size = 0; ///< of the envelope, in bytes
};

/// Never fails: what does not decode says so in `command`.
decoded_entry decode_entry(byte_view envelope);

} // namespace signalbox
