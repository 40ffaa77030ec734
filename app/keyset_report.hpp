#pragma once

#include "app/exit_code.hpp"
#include "app/invocation.hpp"
#include "app/options.hpp"
#include "events/keyset.hpp"

namespace signalbox {

/// Prints a keyset's keys, as text or with --json as its payload.
exit_code show_keyset(const invocation& x, const command_options& options,
                      const keyset& keys);

} // namespace signalbox
