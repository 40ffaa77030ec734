#pragma once

#include <optional>

#include "api/audit_cursor.hpp"
#include "api/operation.hpp"
#include "projections/audit_filter.hpp"

namespace signalbox {

/// What a caller of GetAudit asks for.
struct audit_query {
  audit_filter filter;
  audit_reader reader;
  audit_order order = audit_order::newest_first;
  std::optional<audit_cursor> from;
  std::size_t limit = 100;
  bool lines = false; ///< JSON lines in place of an array
};

/// Takes the members of `query`, if there is one, for parameters of their own:
/// the specification has one parameter, positional over JSON-RPC.
/// Errors: `bad_request`.
result<json::object> audit_parameters(const json::object& given);

/// Errors: `bad_request`, and those of parse_audit_cursor.
result<audit_query> read_audit_query(const json::object& params,
                                     const operation_call& call);

/// The path and query of the page behind this one.
std::string next_page(const json::object& params, const std::string& ledger,
                      const std::string& cursor);

} // namespace signalbox
