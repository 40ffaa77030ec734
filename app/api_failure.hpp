#pragma once

#include <string>
#include <vector>

#include "events/errors.hpp"

namespace signalbox {

/// What a call asked for and where its token came from.
struct asked {
  std::vector<std::string> path; ///< segments below /v1/ledgers/{ledger}
  std::string ledger;
  std::string token_source; ///< `SIGNALBOX_TOKEN`, a file; empty: no token
};

/// A server's failure in the words of this program: commands and options in
/// place of operations and headers, and the names that were wrong.
failure in_our_words(failure said, const asked& what);

} // namespace signalbox
