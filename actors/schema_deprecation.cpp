#include "actors/schema_deprecation.hpp"

#include <algorithm>

namespace signalbox {

std::optional<deprecation> find_deprecation(const view& seen,
                                            const std::string& client_id,
                                            const std::string& schema_ref) {
  auto* family = seen.documents->find_family(client_id);
  if (family == nullptr)
    return std::nullopt;
  return find_deprecation(family->text, schema_ref);
}

std::optional<finding> check_deprecation(const view& seen,
                                         const std::string& client_id,
                                         const std::string& schema_ref,
                                         timestamp wall) {
  auto found = find_deprecation(seen, client_id, schema_ref);
  if (!found)
    return std::nullopt;
  return judge(*found, std::max(wall, seen.log_time));
}

} // namespace signalbox
