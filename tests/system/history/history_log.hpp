#pragma once

#include <filesystem>
#include <vector>

#include "tests/system/history/history.hpp"

namespace signalbox::test {

/// The entries in the copy of a stopped node, judged by a fold of this process.
/// Throws where the copy cannot be read to its end.
std::vector<logged> read_history_log(const std::filesystem::path& data);

} // namespace signalbox::test
