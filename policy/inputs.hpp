#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/errors.hpp"
#include "policy/finding.hpp"
#include "policy/json_nodes.hpp"
#include "policy/place.hpp"

namespace signalbox {

/// The inputs that a payload refers to, and what is wrong with them.
struct input_names {
  std::vector<std::string> names; ///< sorted, each once
  std::vector<finding> findings;  ///< rule `input`
};

/// How a family's payloads name their inputs (FR-5). Copies share the compiled
/// patterns; safe to use from any thread.
class input_rules {
 public:
  /// No inputs at all.
  input_rules() = default;

  /// `patterns` are RE2 expressions with one group, the name, applied to every
  /// string. At `names` stand names of inputs, or objects with a `name`. If
  /// `declared` is given, what the first pattern finds must be listed there.
  /// Errors: `bad_request`, `pointer` naming the pattern by its index.
  static result<input_rules> compile(const std::vector<std::string>& patterns,
                                     places names,
                                     std::optional<place> declared);

  input_names find(const json_nodes& payload) const;

  /// Whether the string at i is a name of an input by its place.
  bool names_input(const json_nodes& payload, std::size_t i) const;

 private:
  struct compiled;

  std::shared_ptr<const compiled> impl_;
};

} // namespace signalbox
