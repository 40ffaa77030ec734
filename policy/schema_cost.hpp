#pragma once

#include <boost/json/value.hpp>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// Refuses a schema whose references let the validator run for ever, overflow
/// its stack, or apply more than policy_defaults::max_schema_cost schemas along
/// one path of a payload: `$ref` in a circle without a step into the payload,
/// or schemas that double at every reference. References must be `#` or
/// `#/...` and must lead somewhere. Gives the work along the costliest path of
/// a payload, in schemas that are applied; values of an `enum` count an eighth.
/// Errors: `bad_request` with the pointer.
result<double> schema_cost(const json::value& schema);

/// Refuses lists above policy_defaults::max_schema_list, some of which the
/// draft's own schema compares each element with each. Errors: `bad_request`.
result<void> check_schema_lists(const json_nodes& schema);

} // namespace signalbox
