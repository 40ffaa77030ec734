#pragma once

#include <span>
#include <string_view>

namespace signalbox {

/// A file below `schemas/`, embedded into the program at build time.
struct seed_file {
  std::string_view path; ///< `families/codex/family.json`
  std::string_view text; ///< its bytes, unchanged
};

/// The built-in families and policy sets, by path.
std::span<const seed_file> seed_files();

/// The file's text; empty if there is none.
std::string_view find_seed(std::string_view path);

} // namespace signalbox
