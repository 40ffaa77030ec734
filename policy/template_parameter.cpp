#include "policy/template_parameter.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "policy/defaults.hpp"
#include "policy/names.hpp"

namespace signalbox {

namespace {

namespace d = policy_defaults;

constexpr parameter_type all_types[] = {
    parameter_type::string, parameter_type::integer, parameter_type::boolean,
    parameter_type::enumeration, parameter_type::strings};

bool is_text(const json::value& x) {
  return x.is_string() && x.get_string().size() <= d::max_parameter_text;
}

bool matches(const template_parameter& x, const json::value& text) {
  auto& y = text.get_string();
  return !x.pattern ||
         RE2::FullMatch(re2::StringPiece{y.data(), y.size()}, *x.pattern);
}

std::string problem_of_text(const template_parameter& x,
                            const json::value& value) {
  if (!is_text(value))
    return "must be a text of at most " +
           std::to_string(d::max_parameter_text) + " bytes";
  return matches(x, value) ? "" : "must match " + x.pattern->pattern();
}

std::string problem_of_texts(const template_parameter& x,
                             const json::value& value) {
  auto* list = value.if_array();
  if (!list || list->size() > d::max_list)
    return "must be a list of at most " + std::to_string(d::max_list) +
           " texts";
  for (auto& one : *list)
    if (auto problem = problem_of_text(x, one); !problem.empty())
      return "must be a list of texts, each of which " + problem;
  return {};
}

std::string problem_of_number(const template_parameter& x,
                              const json::value& value) {
  if (!value.is_int64())
    return "must be a whole number";
  if (x.minimum && value.get_int64() < *x.minimum)
    return "must be at least " + std::to_string(*x.minimum);
  if (x.maximum && value.get_int64() > *x.maximum)
    return "must be at most " + std::to_string(*x.maximum);
  return {};
}

std::string problem_of_choice(const template_parameter& x,
                              const json::value& value) {
  if (value.is_string() &&
      std::any_of(x.values.begin(), x.values.end(), [&](auto& y) {
        return std::string_view{value.get_string()} == y;
      }))
    return {};
  std::string out = "must be one of";
  for (auto& y : x.values)
    out += (&y == &x.values.front() ? " " : ", ") + y;
  return out;
}

void read_pattern(json_reader& in, template_parameter& out) {
  auto text = in.optional_text("pattern");
  if (!text)
    return;
  if (out.type != parameter_type::string && out.type != parameter_type::strings)
    return in.refuse("pattern", "is for the types string and strings alone");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const RE2>(*text, options);
  if (text->size() > d::max_notice || !compiled->ok())
    return in.refuse("pattern",
                     "must be an expression that RE2 takes, of at most " +
                         std::to_string(d::max_notice) + " bytes");
  out.pattern = std::move(compiled);
}

std::optional<std::int64_t> read_bound(json_reader& in, std::string_view key,
                                       const template_parameter& x) {
  if (!in.has(key))
    return std::nullopt;
  auto* bound = in.value(key);
  if (x.type != parameter_type::integer)
    in.refuse(key, "is for the type integer alone");
  else if (bound->is_int64())
    return bound->get_int64();
  in.refuse(key, "must be a whole number");
  return std::nullopt;
}

void read_range(json_reader& in, template_parameter& out) {
  out.minimum = read_bound(in, "minimum", out);
  out.maximum = read_bound(in, "maximum", out);
  if (out.minimum && out.maximum && *out.minimum > *out.maximum)
    in.refuse("maximum", "must not be below the minimum");
}

void read_values(json_reader& in, template_parameter& out) {
  if (out.type != parameter_type::enumeration) {
    if (in.has("values"))
      in.refuse("values", "are for the type enum alone");
    return;
  }
  out.values = in.texts("values");
  const bool fit =
      std::all_of(out.values.begin(), out.values.end(), [](auto& x) {
        return !x.empty() && x.size() <= d::max_label;
      });
  if (out.values.empty() || out.values.size() > d::max_list || !fit)
    in.refuse("values", "must be 1 to " + std::to_string(d::max_list) +
                            " texts of at most " +
                            std::to_string(d::max_label) + " bytes");
}

void check_value(json_reader& in, std::string_view key,
                 const template_parameter& x, const json::value& value) {
  if (auto problem = problem_of(x, value); !problem.empty())
    in.refuse(key, std::move(problem));
}

void read_profile_defaults(json_reader& in, template_parameter& out) {
  if (!in.has("profile_defaults"))
    return;
  auto* all = in.object("profile_defaults");
  if (all == nullptr)
    return;
  json_reader inner{in, *all, in.at("profile_defaults")};
  for (auto& [profile, value] : all->get_object()) {
    if (!is_name(profile))
      inner.refuse(profile, "is no name of a profile");
    check_value(inner, profile, out, value);
    out.profile_defaults[std::string{profile}] = value;
  }
}

} // namespace

std::string_view to_string(parameter_type x) {
  switch (x) {
  case parameter_type::string:
    return "string";
  case parameter_type::integer:
    return "integer";
  case parameter_type::boolean:
    return "boolean";
  case parameter_type::enumeration:
    return "enum";
  case parameter_type::strings:
    return "strings";
  }
  return "string";
}

std::optional<parameter_type>
parameter_type_from_string(std::string_view text) {
  for (auto x : all_types)
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

bool is_parameter_name(std::string_view x) {
  auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !x.empty() && x.size() <= 63 && letter(x.front()) &&
         std::all_of(x.begin(), x.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

template_parameter read_template_parameter(json_reader& in,
                                           const json::object& from) {
  in.only({"type", "description", "pattern", "minimum", "maximum", "values",
           "default", "profile_defaults"});
  template_parameter out;
  if (auto type = parameter_type_from_string(in.text("type")))
    out.type = *type;
  else
    in.refuse("type", "must be string, integer, boolean, enum or strings");
  out.description = in.optional_text("description").value_or("");
  if (out.description.size() > d::max_notice)
    in.refuse("description",
              "is longer than " + std::to_string(d::max_notice) + " bytes");
  read_pattern(in, out);
  read_range(in, out);
  read_values(in, out);
  if (in.error())
    return out;
  if (auto* x = from.if_contains("default")) {
    check_value(in, "default", out, *x);
    out.fallback = *x;
  }
  read_profile_defaults(in, out);
  return out;
}

std::string problem_of(const template_parameter& x, const json::value& value) {
  switch (x.type) {
  case parameter_type::string:
    return problem_of_text(x, value);
  case parameter_type::integer:
    return problem_of_number(x, value);
  case parameter_type::boolean:
    return value.is_bool() ? "" : "must be true or false";
  case parameter_type::enumeration:
    return problem_of_choice(x, value);
  case parameter_type::strings:
    return problem_of_texts(x, value);
  }
  return "has no known type";
}

const json::value* choose_value(const template_parameter& x,
                                std::string_view profile,
                                const json::value* given) {
  if (given != nullptr)
    return given;
  if (auto i = x.profile_defaults.find(profile); i != x.profile_defaults.end())
    return &i->second;
  return x.fallback ? &*x.fallback : nullptr;
}

} // namespace signalbox
