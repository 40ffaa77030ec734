#pragma once

#include <iosfwd>

#include "events/json.hpp"

namespace signalbox {

/// Lists ReleaseRecords for people (FR-12). The first column is what
/// `signalbox audit show` takes: an index of the log, or `activity-N`.
void print_audit(std::ostream& out, const json::value& records);

} // namespace signalbox
