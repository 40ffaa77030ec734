#pragma once

#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// Why a text that parse_json refused is no draft, for who wrote it: the place
/// as `FILE:LINE:COLUMN` (in characters, from 1) where it is known, and the
/// usual causes by name: a byte order mark, another encoding, a comment, a
/// comma too many, TOML. Never quotes the text.
failure explain_draft(const std::string& file, std::string_view text,
                      const failure& why);

} // namespace signalbox
