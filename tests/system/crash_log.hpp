#pragma once

#include <filesystem>
#include <vector>

#include "tests/system/crash_history.hpp"

namespace signalbox::test {

/// The publishes that the log of a stopped server holds as accepted, read
/// entry by entry without its stored state. Throws where the log cannot be
/// read to its end.
std::vector<logged_publish> read_publishes(const std::filesystem::path& data);

} // namespace signalbox::test
