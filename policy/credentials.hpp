#pragma once

#include <optional>
#include <string_view>

namespace signalbox {

/// Kinds of credentials that their surroundings give away. Each looks at text
/// in which references to inputs are blanked, and returns the kind found.

/// `scheme://user:password@host`, and for HTTP `https://token@host`.
std::optional<std::string_view> find_userinfo(std::string_view blanked);

/// `Bearer x` or `Basic x` as a whole value or after `Authorization:`.
std::optional<std::string_view> find_authorization(std::string_view blanked);

/// `NAME=value`, `--name value`, `?name=value`, `"name": "value"` with a
/// sensitive name and a value that is not harmless.
std::optional<std::string_view> find_assignment(std::string_view blanked);

/// `password: x`, `token = x` in a text for people: a sensitive name and a
/// value that is no word, since sentences speak of tokens, too.
std::optional<std::string_view> find_statement(std::string_view blanked);

/// `Name: value`, a header as an argument of a command.
std::optional<std::string_view> find_header(std::string_view blanked);

/// The sensitive name of a flag whose value is the next argument: `--token`.
std::optional<std::string_view> flag_of_secret(std::string_view argument);

} // namespace signalbox
