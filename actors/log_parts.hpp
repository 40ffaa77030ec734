#pragma once

#include "projections/part_source.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Reads parts of entries from a log, which outlives it.
part_source parts_of_log(const event_log& log);

} // namespace signalbox
