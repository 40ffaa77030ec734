#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "events/errors.hpp"

namespace signalbox {

namespace json = boost::json;

/// What a document may hold before it is refused.
struct json_limits {
  std::size_t bytes = 256 * 1024;
  std::size_t depth = 32;
};

/// Parses I-JSON (RFC 7493) strictly: refuses duplicate keys, lone surrogates,
/// noncharacters, invalid UTF-8, a byte order mark, NaN and Infinity, numbers
/// that overflow a double and integers beyond 2^53 - 1 (RFC 8785 cannot carry
/// them; neither 1e20, which it prints as an integer), trailing text, and
/// anything above the limits.
///
/// Every whole number within 2^53 - 1 becomes an int64, 1.0 and -0 too, other
/// numbers a double: parsing the canonical form gives the same value.
///
/// Errors: `bad_json` or `too_large`; `pointer` names the innermost place
/// known (RFC 6901); the message never quotes a value.
result<json::value> parse_json(std::string_view text,
                               const json_limits& limits = {});

/// The canonical form (RFC 8785): keys sorted by UTF-16 code units, numbers as
/// ECMAScript prints them, minimal escapes. The value must come from
/// parse_json or hold only finite numbers and valid UTF-8.
std::string to_canonical(const json::value& x);

/// Appends one reference token to a JSON pointer (RFC 6901), escaped.
std::string append_pointer(std::string_view parent, std::string_view token);

} // namespace signalbox
