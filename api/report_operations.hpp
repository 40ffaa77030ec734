#pragma once

#include "api/operation.hpp"

/// ReportClientState and GetDeployments (FR-14, FR-15).
namespace signalbox::report_operations {

void report_client_state(const operation_world&,
                         std::shared_ptr<operation_call>, operation_reply);
void get_deployments(const operation_world&, std::shared_ptr<operation_call>,
                     operation_reply);

} // namespace signalbox::report_operations
