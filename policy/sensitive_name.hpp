#pragma once

#include <string_view>

namespace signalbox {

/// Whether a key, variable, header, flag or query parameter is named like one
/// that holds a secret: TOKEN, SECRET, PASSWORD, PASSWD, KEY, AUTH,
/// CREDENTIAL, COOKIE and their kin as words of the name. Names of what lies
/// about a secret (TOKEN_FILE, AUTH_URL, PUBLIC_KEY) do not count.
bool is_sensitive_name(std::string_view name);

/// Whether a value is no secret although its name is sensitive: nothing,
/// references to inputs (perhaps after a scheme: `Bearer ${X}`), a switch, a
/// number (unless the name says password), a path, a file's name, a URL or
/// the name of a scheme. `blanked` is the value after blank_references().
bool is_harmless_value(std::string_view name, std::string_view blanked);

} // namespace signalbox
