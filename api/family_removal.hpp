#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/operation.hpp"

namespace signalbox::write_operations {

/// Aggregates with the versions that they must still have.
using kept_versions = std::vector<std::pair<std::string, std::uint64_t>>;

/// Whether a family may lose the schemas that its new descriptor leaves out: no
/// profile has a current artifact under one of them, or chooses its major by
/// default. Gives what must not change until the family does. Reads the log.
/// Errors: `validation_failed`, naming schema and profile; those of reading.
result<kept_versions> check_removal(const operation_world& world,
                                    const view& seen, const catalog_family& old,
                                    const family& next);

} // namespace signalbox::write_operations
