#pragma once

#include <string>

#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// A record above max_record_bytes.
failure record_too_large(std::size_t bytes);

/// The entry at `missing` is not where it must be.
failure log_gap(log_index missing, const std::string& where);

/// The log ends at `end`, though it is known to have held entry `known`.
failure log_cut(log_index end, log_index known);

/// What an operator does about a damaged log, as a sentence.
std::string repair_advice();

} // namespace signalbox
