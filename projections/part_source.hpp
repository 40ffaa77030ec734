#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// Fetches the text of one part of an entry, checked against the name that the
/// envelope gives it.
/// Errors: `not_found` (redacted), `log_corrupt` (it does not match), `io`.
using part_source =
    std::function<result<std::string>(log_index index, std::size_t part)>;

/// The parts of a record, in the order they are asked for.
/// Errors: as part_source.
result<std::vector<std::string>>
checked_parts(byte_view record, std::initializer_list<std::size_t> wanted);

/// The part of a record whose envelope names it.
result<std::string> checked_part(byte_view record, std::size_t part);

} // namespace signalbox
