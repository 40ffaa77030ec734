#pragma once

#include <cstdint>

#include "app/invocation.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// The incarnation that begins at a time: Unix seconds, and greater than the
/// one before whatever the clock says.
std::uint64_t next_incarnation(std::uint64_t before, timestamp now);

/// `signalbox ledger restored`: says in a ledger that came back from a backup
/// that it did.
exit_code run_restored(const invocation& x);

} // namespace signalbox
