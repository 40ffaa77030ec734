#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// The text with its disguises taken off, for checks that look for ASCII:
/// fullwidth forms (U+FF01 to U+FF5E) and percent-encoded printable characters
/// (RFC 3986 section 2.1), also where they are encoded twice. nullopt if there
/// is nothing to take off. `text` is UTF-8; the work is linear in its size.
std::optional<std::string> plain_form(std::string_view text);

} // namespace signalbox
