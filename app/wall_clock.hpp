#pragma once

#include "events/ids.hpp"

namespace signalbox {

/// The system's clock, in milliseconds since 1970.
timestamp wall_clock();

} // namespace signalbox
