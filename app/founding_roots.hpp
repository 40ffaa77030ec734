#pragma once

#include "events/errors.hpp"
#include "events/keyset.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// The fingerprint of the roots that entry 0 of a log names: what `ledger
/// create` printed and clients pin. They signed the first keyset, and the fold
/// takes each further one only with the signatures of the roots before it, so
/// in a log that was folded they vouch for whatever roots it has now.
/// Errors: `not_found` (an empty log), `log_corrupt` (entry 0 begins no
/// ledger), `io`.
result<digest> founding_fingerprint(const event_log& log);

} // namespace signalbox
