#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/semver.hpp"

namespace signalbox {

/// Versions of a schema that a client accepts: `1`, `1.2`, `1.2.3`, `^1.2`,
/// `~1.2`, `*`, and comparisons such as `>=1.0 <3`, which must all hold.
/// A partial version stands for all that begin so. Pre-releases of an upper
/// bound lie above it.
class semver_range {
 public:
  /// Errors: `bad_request`.
  static result<semver_range> parse(std::string_view text);

  bool contains(const semver& x) const;

  /// Whether some version of this major may lie in the range.
  bool meets_major(std::uint64_t major) const;

  /// Whether every release of this major lies in the range.
  bool holds_major(std::uint64_t major) const;

 private:
  semver low_ = {};  ///< the first that lies in it
  semver high_ = {}; ///< the first above it
};

} // namespace signalbox
