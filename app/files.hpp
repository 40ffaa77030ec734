#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// Who may read a file that is written.
enum class file_mode : std::uint8_t { everyone, owner_only };

/// The content of a file of at most this size; `-` is the standard input.
/// Errors: `not_found`, `io`, `too_large`.
result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t limit = 4 * 1024 * 1024);

/// Writes the file whole and synced, or leaves it as it was; `-` is the
/// standard output, and what is no regular file is written into. Errors: `io`.
result<void> write_file(const std::filesystem::path& path,
                        std::string_view text,
                        file_mode mode = file_mode::everyone);

} // namespace signalbox
