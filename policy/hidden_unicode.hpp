#pragma once

#include <string_view>

namespace signalbox {

/// Whether the text, valid UTF-8, has characters that a reader does not see or
/// that change how a terminal shows the rest: controls other than tab, line
/// feed and carriage return, direction marks, zero-width and tag characters.
bool has_hidden_unicode(std::string_view text);

} // namespace signalbox
