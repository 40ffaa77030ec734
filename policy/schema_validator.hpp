#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/finding.hpp"

namespace signalbox {

/// A compiled JSON Schema (FR-6): draft-07 or 2020-12, as `$schema` says.
/// Copies share one compiled schema. validate() only reads it, so any number
/// of threads may call it at once.
class schema_validator {
 public:
  /// Errors: `bad_json`, `too_large`, or `bad_request` with the pointer into
  /// the schema: a draft other than the two, a reference out of the document,
  /// a keyword that its metaschema refuses, or a pattern that RE2 refuses or
  /// that repeats a repetition without bound (it could take for ever).
  static result<schema_validator> compile(std::string_view schema_text);

  /// Findings of the rule `schema`, ordered by pointer, at most
  /// policy_defaults::max_findings. A message names the keyword and its place
  /// in the schema, never the value.
  std::vector<finding> validate(const json::value& payload) const;

 private:
  struct compiled;
  explicit schema_validator(std::shared_ptr<const compiled> impl);

  std::shared_ptr<const compiled> impl_;
};

} // namespace signalbox
