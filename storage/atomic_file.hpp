#pragma once

#include <filesystem>
#include <string_view>

#include <sys/types.h>

#include "events/errors.hpp"

namespace signalbox {

struct atomic_file_options {
  ::mode_t mode = 0644;
  /// False: fail where the file exists.
  bool replace = true;
  /// Nobody else writes this file now: then the temporary file has one name,
  /// and what a crash left of it is used again.
  bool sole_writer = false;
};

/// Writes the file whole and synced, with its name, or leaves it as it was; so
/// does a crash. Errors: `io`, with path and reason.
result<void> write_atomic_file(const std::filesystem::path& path,
                               std::string_view text,
                               const atomic_file_options& options = {});

/// Makes the names in a directory durable; an empty path is the current one.
/// Errors: `io`.
result<void> sync_directory(const std::filesystem::path& directory);

} // namespace signalbox
