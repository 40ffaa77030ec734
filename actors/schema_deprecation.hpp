#pragma once

#include <optional>
#include <string>

#include "policy/deprecation.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// What the family says of a schema on its way out; nullopt if nothing, or if
/// there is no such family.
std::optional<deprecation> find_deprecation(const view& seen,
                                            const std::string& client_id,
                                            const std::string& schema_ref);

/// The finding that a draft under the schema gets now: by the wall clock, or
/// the log's if that is later. What was released before is not asked.
std::optional<finding> check_deprecation(const view& seen,
                                         const std::string& client_id,
                                         const std::string& schema_ref,
                                         timestamp wall);

} // namespace signalbox
