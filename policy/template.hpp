#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/finding.hpp"
#include "policy/inputs.hpp"
#include "policy/template_gaps.hpp"
#include "policy/template_parameter.hpp"

namespace signalbox {

/// A draft with gaps, named and typed (section 3): {client_id, template_id,
/// version, description?, payload, parameters}. A version never changes.
struct draft_template {
  std::string client_id;
  std::string template_id;
  std::string version; ///< semantic
  std::string description;
  json::value payload;
  std::map<std::string, template_parameter> parameters;
  std::vector<template_gap> gaps; ///< of the payload
};

/// Parses a template. Strict: unknown keys, gaps without a parameter,
/// parameters without a gap, defaults that do not fit and patterns that RE2
/// refuses are errors.
/// Errors: `bad_json`, `too_large`, `bad_request`, each with the pointer.
result<draft_template> parse_template(std::string_view text);

/// Literal secrets in a template, defaults included: it lies in the log for
/// ever. Pointers are into the template.
std::vector<finding> find_secrets(const draft_template& x,
                                  const json::value& document,
                                  const input_rules& inputs);

/// What a publisher fills in.
struct template_use {
  std::string template_id;
  std::optional<std::string> version; ///< none: the newest
  json::object parameters;
};

/// A draft made of a template.
struct filled_template {
  json::value payload;     ///< null if something was found
  json::object parameters; ///< all of them, defaults included
  /// What is wrong with the parameters: rules `template` and `secret/...`, with
  /// pointers below /template and never a value.
  std::vector<finding> findings;
};

/// Fills a template in for a profile. Values go in as whole JSON values or as
/// the text of one string, never as JSON text. A parameter without a value
/// takes the profile's default, else its own. Pure.
filled_template fill(const draft_template& from, std::string_view profile,
                     const json::object& given);

/// What an artifact's core says of the template that it was made of:
/// {template_id, version, parameters, withheld?}. A value that policy took out
/// of the payload, which is here as it was sealed, is withheld: the core must
/// not say what its payload may not.
json::object describe_use(const draft_template& from,
                          const filled_template& filled,
                          const json::value& payload);

} // namespace signalbox
