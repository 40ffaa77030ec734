#pragma once

#include <optional>
#include <string_view>

#include "api/http_message.hpp"
#include "api/operation.hpp"
#include "api/target.hpp"

namespace signalbox {

/// Which operation a REST request calls, with the parameters that its path and
/// query give.
struct rest_route {
  const operation* what = nullptr;
  json::object params;
};

/// Finds the route of a request under `/v1/ledgers/{ledger}`.
/// Errors: `not_found` (path or ledger), `bad_request` (method).
result<rest_route> find_route(http_method method, const target& x,
                              std::string_view ledger_name);

} // namespace signalbox
