#pragma once

#include <span>
#include <string_view>

#include "app/invocation.hpp"

namespace signalbox {

/// SHA-256, in hexadecimal, of the canonical descriptors of all families that
/// the program ever brought along: a ledger's family that is none of them was
/// edited by an operator.
std::span<const std::string_view> shipped_descriptors();

/// `signalbox families sync`: puts the built-in families that a ledger lacks,
/// and newer versions of those that nobody edited.
exit_code sync_families(const invocation& x);

} // namespace signalbox
