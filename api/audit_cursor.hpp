#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "projections/view.hpp"

namespace signalbox {

enum class audit_order : std::uint8_t { newest_first, oldest_first };

/// Where a page of an audit ended. Newest first, the entries below each place
/// remain, oldest first, those from it on: what is appended meanwhile shifts
/// nothing.
struct audit_cursor {
  audit_order order = audit_order::newest_first;
  std::uint64_t decisions = 0; ///< place in the decisions stream
  std::uint64_t activity = 0;  ///< place in the activity stream
};

/// Opaque text: base64url{order u8, decisions, activity, incarnation, first 8
/// bytes of H before `decisions`}, each number a u64, big endian.
std::string to_string(const audit_cursor& x, const view& seen);

/// Errors: `bad_request`, and `history_changed` or `not_yet` if the cursor is
/// of another history or lies ahead of this node.
result<audit_cursor> parse_audit_cursor(std::string_view text,
                                        const view& seen);

} // namespace signalbox
