#pragma once

#include "events/errors.hpp"
#include "projections/ledger_state.hpp"
#include "storage/head_file.hpp"
#include "storage/log.hpp"

// What a node asks of its log before it trusts it.

namespace signalbox {

/// Why a log that was folded to this state begins no ledger.
failure no_ledger(const ledger_state& state);

/// Whether the log reaches the entry that the head file names, and gives its H
/// there. True if there is no head file.
/// Errors: `log_corrupt`, and those of the file.
result<void> check_mark(const head_file& head, const event_log& log,
                        const ledger_state& state);

} // namespace signalbox
