#pragma once

#include <string>
#include <string_view>

#include "events/json.hpp"

// Reading answers for people: what is missing or of another type is empty text,
// so that a newer server does not break an older program.

namespace signalbox {

/// A member as text: strings as they are, numbers and truths in words.
std::string text_at(const json::value& x, std::string_view name);

/// The same on one line, with nothing in it that drives a terminal: for output
/// that is not a table, which does so itself.
std::string line_at(const json::value& x, std::string_view name);

/// A member; null if there is none.
const json::value& at(const json::value& x, std::string_view name);

/// The elements of an array; none for anything else.
const json::array& elements(const json::value& x);

/// The texts of a member that is an array, or of one member of each of its
/// objects, with commas.
std::string join(const json::value& x, std::string_view name,
                 std::string_view member = {});

/// JSON over several lines, two blanks deep, keys as they come.
std::string to_pretty(const json::value& x);

} // namespace signalbox
