#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox {

/// What a principal may do; a set of bits. The numbers stand in events.
enum class role : std::uint32_t {
  reader = 1,         ///< read what is released
  publisher = 2,      ///< validate and publish drafts
  operator_role = 4,  ///< families, profiles, policies, reverts, reseals
  auditor = 8,        ///< read the audit
  administrator = 16, ///< principals, tokens, keys; and all that people may do
  node = 32,          ///< tick and command_closed; never given to people
};

/// `reader`, `publisher`, `operator`, `auditor`, `administrator`, `node`.
std::string_view to_string(role x);
std::optional<role> role_from_string(std::string_view text);

/// A set of roles.
using role_mask = std::uint32_t;

constexpr role_mask operator|(role x, role y) {
  return static_cast<role_mask>(x) | static_cast<role_mask>(y);
}

constexpr role_mask operator|(role_mask x, role y) {
  return x | static_cast<role_mask>(y);
}

constexpr role_mask all_roles = 63;

/// Whether the holder of `held` may do what `needed` stands for: an
/// administrator may do all that people may do, and nobody but a node may do
/// what nodes do (NFR-7).
constexpr bool permits(role_mask held, role needed) {
  if ((held & static_cast<role_mask>(needed)) != 0)
    return true;
  return needed != role::node &&
         (held & static_cast<role_mask>(role::administrator)) != 0;
}

} // namespace signalbox
