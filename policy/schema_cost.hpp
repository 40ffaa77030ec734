#pragma once

#include <boost/json/value.hpp>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Refuses a schema whose references let the validator run for ever, overflow
/// its stack, or apply more than policy_defaults::max_schema_cost schemas along
/// one path of a payload: `$ref` in a circle without a step into the payload,
/// or schemas that double at every reference. References must be `#` or
/// `#/...`, must lead somewhere, and no schema but the root may have an `$id`.
/// Errors: `bad_request` with the pointer.
result<void> check_schema_cost(const json::value& schema);

} // namespace signalbox
