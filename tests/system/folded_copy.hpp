#pragma once

#include <filesystem>
#include <functional>

#include "events/outcome.hpp"
#include "storage/log.hpp"

namespace signalbox::test {

/// Gives every entry in the directory of a stopped node, as a fold of this
/// process judges it: entry by entry, without the node's stored state. Throws
/// where the log cannot be read to its end.
void read_folded(
    const std::filesystem::path& data,
    const std::function<void(const log_entry_view&, outcome)>& visit);

} // namespace signalbox::test
