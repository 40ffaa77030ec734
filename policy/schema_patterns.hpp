#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// Refuses what the validator could not keep: a reference out of the document
/// (nothing is ever fetched) and patterns that may take exponential time, or
/// a high power of the subject's size, in a backtracking matcher
/// (pattern_ways). Errors: `bad_request` with the pointer.
result<void> check_schema_text(const json_nodes& schema);

/// Whether any pattern of the schema repeats something without a bound.
bool has_unbounded_pattern(const json_nodes& schema);

} // namespace signalbox
