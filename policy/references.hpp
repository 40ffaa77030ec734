#pragma once

#include <string>
#include <string_view>

namespace signalbox {

/// Stands for one reference to an input in what blank_references returns; no
/// JSON text of a client's configuration holds it unescaped.
inline constexpr char reference_mark = '\x01';

/// The text with every reference to an input replaced by reference_mark, in
/// the syntaxes of the known clients: `${NAME}`, `${input:id}`, `${env:NAME}`,
/// `{env:NAME}`, `$NAME` and `%NAME%` (upper case only), `${{ x }}`. Of
/// `${NAME:-default}` the default remains, since it is literal text.
std::string blank_references(std::string_view text);

} // namespace signalbox
