#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/ids.hpp"
#include "events/json.hpp"
#include "policy/finding.hpp"
#include "policy/json_reader.hpp"

namespace signalbox {

/// A schema version on its way out (section 15): from `since` on a publication
/// under it gets a warning, from `until` on it is refused. What is current
/// under it stays.
struct deprecation {
  timestamp since{};
  std::optional<timestamp> until; ///< none: no end is set
  std::string message;            ///< what to do instead, for people
};

/// The member `deprecated` of a descriptor's schema, {since, until?, message};
/// nullopt if there is none. Times are days or RFC 3339 in UTC.
std::optional<deprecation> read_deprecation(json_reader& schema);

/// Whether a descriptor may say anything of that: most do not, and are large.
bool mentions_deprecation(std::string_view descriptor);

/// What a descriptor says of a schema; nullopt if nothing.
std::optional<deprecation> find_deprecation(std::string_view descriptor,
                                            std::string_view schema_ref);

/// {since, until?, message}, times in full.
json::object to_json(const deprecation& x);

/// The finding of a draft under the schema at this time (rule
/// `schema-deprecated`); nullopt before `since`.
std::optional<finding> judge(const deprecation& x, timestamp now);

} // namespace signalbox
