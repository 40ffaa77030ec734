#pragma once

#include "app/exit_code.hpp"
#include "app/invocation.hpp"

/// Changing the keyset in three steps, for a root that lies elsewhere.
namespace signalbox {

/// Writes the next keyset, unsigned.
exit_code request_keyset(const invocation& x);

/// Signs it; needs neither ledger nor network.
exit_code sign_request(const invocation& x);

/// Puts the signed one into the ledger.
exit_code import_keyset(const invocation& x);

} // namespace signalbox
