#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "app/api_client.hpp"

namespace signalbox {

/// The cursor of the page behind this one; empty if this is the last.
std::string cursor_of(const api_answer& page);

/// Pages through all records of an audit that match, oldest first, into a new
/// file of JSON lines, and returns how many they are. `progress` hears the
/// count after each page. What fails leaves no file.
///
/// Errors: `conflict` (the file exists), `io`, and those of the server.
result<std::uint64_t>
export_audit(const api_client& server, api_client::parameters filter,
             const std::filesystem::path& file,
             const std::function<void(std::uint64_t)>& progress);

} // namespace signalbox
