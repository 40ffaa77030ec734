#pragma once

#include <string>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Longest key in YAML, as it is written, quotes included, in bytes: a parser
/// looks no further for the colon (YAML 1.2, 7.4.2).
inline constexpr std::size_t max_yaml_key = 1024;

/// Writes an object as a YAML document of block collections:
///
///   members  = 1*( indent key ":" ( " " scalar LF / LF block ) )
///   elements = 1*( indent "- " ( scalar LF / block ) )
///   scalar   = quoted / number / "true" / "false" / "null" / "{}" / "[]"
///
/// `indent` is two spaces for each level; the first line of a block that is an
/// element begins on the element's own. Keys are sorted by their bytes. Every
/// text is in double quotes, so that no reader of YAML 1.1 or 1.2 takes `yes`,
/// `1.0` or `~` for something else; a key is bare if it is letters, digits,
/// `_` and `-` and nothing that has another meaning. Numbers are as RFC 8785
/// writes them, but with a point before an exponent, which YAML 1.1 asks for.
///
/// Errors: `validation_failed` with the pointer: a key above max_yaml_key, or a
/// root that is no object.
result<std::string> to_yaml(const json::value& payload);

} // namespace signalbox
