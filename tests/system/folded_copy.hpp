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

/// What a killed node on Kafka had not written to its directory is read there
/// again, as its next start does; a ledger of its own is left alone. Throws.
void complete_copy(const std::filesystem::path& data);

} // namespace signalbox::test
