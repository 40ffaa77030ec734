#pragma once

#include "events/dsse.hpp"
#include "events/events.hpp"

namespace signalbox {

/// A keyset's event as what the roots signed.
dsse_envelope to_envelope(const event::keyset_put& x);

/// The event of a signed keyset. Its views point into the envelope.
event::keyset_put to_event(const dsse_envelope& x);

} // namespace signalbox
