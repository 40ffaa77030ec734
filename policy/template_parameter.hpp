#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/json.hpp"
#include "policy/json_reader.hpp"

namespace re2 {
class RE2;
}

namespace signalbox {

/// What the value of a template's parameter may be.
enum class parameter_type { string, integer, boolean, enumeration, strings };

std::string_view to_string(parameter_type x);
std::optional<parameter_type> parameter_type_from_string(std::string_view text);

/// One parameter of a template (section 3).
struct template_parameter {
  parameter_type type = parameter_type::string;
  std::string description;
  /// Of string and strings: matches a whole text; null: any text does.
  std::shared_ptr<const re2::RE2> pattern;
  /// Of an integer.
  std::optional<std::int64_t> minimum, maximum;
  std::vector<std::string> values; ///< of an enumeration
  std::optional<json::value> fallback;
  std::map<std::string, json::value, std::less<>> profile_defaults;
};

/// A parameter's name: `[A-Za-z][A-Za-z0-9_]{0,62}`.
bool is_parameter_name(std::string_view x);

/// Reads one strictly: {type, description?, pattern?, minimum?, maximum?,
/// values?, default?, profile_defaults?}. Defaults must fit the type.
template_parameter read_template_parameter(json_reader& in,
                                           const json::object& from);

/// What is wrong with a value, as the end of a sentence; empty if nothing is.
/// Never holds the value.
std::string problem_of(const template_parameter& x, const json::value& value);

/// The caller's value (null: none), else the profile's default, else the
/// parameter's own; nullptr if there is none.
const json::value* choose_value(const template_parameter& x,
                                std::string_view profile,
                                const json::value* given);

} // namespace signalbox
