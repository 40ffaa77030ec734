#pragma once

#include "api/operation.hpp"

/// GetAudit and GetAuditRecord (FR-12, FR-13).
namespace signalbox::audit_operations {

void get_audit(const operation_world&, std::shared_ptr<operation_call>,
               operation_reply);
void get_audit_record(const operation_world&, std::shared_ptr<operation_call>,
                      operation_reply);

} // namespace signalbox::audit_operations
