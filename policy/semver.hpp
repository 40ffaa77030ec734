#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// A version by Semantic Versioning 2.0.0.
struct semver {
  std::uint64_t major = 0; ///< each at most policy_defaults::max_version_number
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::string prerelease = {}; ///< without the hyphen, empty for a release
  std::string build = {};      ///< without the plus sign; has no precedence

  /// Errors: `bad_request`; nothing but the full form is accepted.
  static result<semver> parse(std::string_view text);
};

std::string to_string(const semver& x);

/// Precedence (SemVer section 11). Versions that differ in build metadata
/// alone are equivalent, not equal.
std::weak_ordering precedence(const semver& x, const semver& y);

/// The least release above x: x without its pre-release, else the next patch.
semver next_patch(const semver& x);

} // namespace signalbox
