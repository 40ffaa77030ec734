#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// A JSON pointer (RFC 6901) in which the token `*` stands for any one key or
/// index: where a family keeps commands, headers, names of inputs.
class place {
 public:
  /// Errors: `bad_request` if the text is no JSON pointer.
  static result<place> parse(std::string_view text);

  bool matches(const json_nodes& nodes, std::size_t i) const;

  /// The ancestor-or-self of a matching node that the first `*` stands for;
  /// json_nodes::none if the place has no `*`.
  std::size_t first_wildcard(const json_nodes& nodes, std::size_t i) const;

  /// The place up to its first `*`, that included; none if it has no `*`.
  std::optional<place> to_first_wildcard() const;

  std::size_t size() const { return tokens_.size(); }
  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  std::vector<std::string> tokens_;
};

using places = std::vector<place>;

bool matches_any(const places& xs, const json_nodes& nodes, std::size_t i);

} // namespace signalbox
