#pragma once

#include "actors/activity_log.hpp"
#include "actors/client_reports.hpp"
#include "api/metrics.hpp"

namespace signalbox {

/// For the metrics; null: nothing.
report_metrics metrics_of(const client_reports* x);
stream_metrics metrics_of(const activity_log* x);

} // namespace signalbox
