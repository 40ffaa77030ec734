#pragma once

#include "actors/draft_check.hpp"
#include "api/operation.hpp"

namespace signalbox::write_operations {

/// Reads what ValidateDraft and Publish share: client_id, profile, schema_ref,
/// and either draft_payload or template {template_id, version?, parameters?}
/// (section 3). What is wrong is in the reader, with its pointer.
draft_request read_draft(parameter_reader& in);

} // namespace signalbox::write_operations
