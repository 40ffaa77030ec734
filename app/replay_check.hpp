#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "events/errors.hpp"
#include "events/ids.hpp"
#include "projections/state_hash.hpp"
#include "storage/head_file.hpp"

namespace signalbox {

/// What folding the whole log again showed.
struct replay_result {
  std::uint64_t entries = 0;
  std::uint64_t accepted = 0;
  digest chain; ///< H of the last entry
  state_hash state;
  double seconds = 0;

  /// The stored state, and what the fold was at the same place.
  struct comparison {
    std::uint64_t entries = 0;
    std::string stored;   ///< hash, in hexadecimal
    std::string replayed; ///< likewise
  };
  std::optional<comparison> stored; ///< none: no whole state is stored
  std::optional<comparison> head;   ///< none: there is no head file

  /// Why the replay does not agree with what is stored; empty if it does.
  std::string disagreement;
};

/// Folds the log of a data directory from nothing, without writing, and
/// compares the hashes with the stored state and the head file. `progress`
/// gets the entries done, of all.
///
/// Errors: `not_found`, `log_corrupt`, `io`, `unavailable`.
result<replay_result>
check_replay(const std::filesystem::path& data,
             const std::function<void(std::uint64_t, std::uint64_t)>& progress);

} // namespace signalbox
