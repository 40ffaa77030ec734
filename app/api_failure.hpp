#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/errors.hpp"

namespace signalbox {

/// In whose words a failure is told.
enum class vocabulary : std::uint8_t {
  options,   ///< of the commands, and their options
  parameters ///< of the operations: who calls one by its name has these
};

/// What a call asked for and where its token came from.
struct asked {
  std::vector<std::string> path; ///< segments below /v1/ledgers/{ledger}
  std::string ledger;
  std::string token_source; ///< `SIGNALBOX_TOKEN`, a file; empty: no token
  vocabulary words = vocabulary::options;
  /// Of the release that holds the content, where the server names it.
  std::string version = {}, artifact_id = {};
};

/// A server's failure in the words of this program: commands and options in
/// place of operations and headers, and the names that were wrong.
failure in_our_words(failure said, const asked& what);

} // namespace signalbox
