#pragma once

#include "app/invocation.hpp"

namespace signalbox {

/// `signalbox ledger join`: the directory of another node of a ledger on Kafka.
exit_code run_join(const invocation& x);

} // namespace signalbox
