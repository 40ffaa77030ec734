#pragma once

#include <string>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Writes an object as a TOML 1.0 document:
///
///   document = members *( LF table )
///   table    = "[" path "]" LF members
///   members  = *( key " = " value LF )
///
/// A member that is an object becomes a table of its own, after the members
/// that are none; objects in lists are inline tables. Keys are sorted by their
/// bytes. A table is named only if it has members of its own or nothing at
/// all. Numbers are written as RFC 8785 writes them, so a whole number is an
/// integer.
///
/// Errors: `validation_failed` with the pointer: null, which TOML lacks, or a
/// root that is no object.
result<std::string> to_toml(const json::value& payload);

} // namespace signalbox
