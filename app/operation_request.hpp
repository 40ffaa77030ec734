#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/http_message.hpp"
#include "api/operation.hpp"

namespace signalbox {

/// A call of an operation as REST spells it, below /v1/ledgers/{ledger}.
struct operation_request {
  http_method method = http_method::get;
  std::string path; ///< encoded
  std::vector<std::pair<std::string, std::string>> query;
  json::object body; ///< of POST and PUT
};

/// Puts parameters where the table of paths wants them: into the path that
/// takes the most of them, and the others into the query or the body.
/// Errors: `bad_request`: what every path of the operation needs is missing or
/// empty.
result<operation_request> spell(const operation& what, json::object params);

} // namespace signalbox
