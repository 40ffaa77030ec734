#pragma once

#include <optional>

#include "projections/view.hpp"

namespace signalbox::write_operations {

/// Refuses what needs a higher fold version than the ledger's: its event would
/// be void for everyone. Error: `conflict`, with what to do.
std::optional<failure> check_fold(const view& seen, std::uint32_t needed,
                                  std::string_view what);

} // namespace signalbox::write_operations
