#pragma once

#include <string>

#include "app/api_failure.hpp"

namespace signalbox {

/// What a server says is not there, with its name and with the command that
/// shows what there is: of families, profiles, schemas, releases, templates,
/// policy sets, tokens, keysets or entries, whichever was asked for.
/// `message` is the server's.
std::string explain_missing(std::string message, const asked& what);

} // namespace signalbox
