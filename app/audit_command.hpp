#pragma once

#include "app/invocation.hpp"

namespace signalbox {

// What the fleet did: commands of the audit and of clients' reports.

exit_code run_audit(const invocation& x);
exit_code run_report(const invocation& x);
exit_code run_deployments(const invocation& x);

} // namespace signalbox
