#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/http_message.hpp"
#include "api/operation.hpp"

namespace signalbox {

/// What answers a request: an operation over REST, JSON-RPC, or a page of the
/// node itself.
enum class end_point : std::uint8_t {
  none,
  operation,
  rpc,
  health,
  metrics,
  read_readiness,
  write_readiness,
  openapi,
};

/// One row of the table of all paths. Pieces in braces are parameters;
/// operations lie below /v1/ledgers/{ledger}.
struct route_row {
  http_method method;
  std::string_view path;
  end_point to;
  std::string_view operation = {};
};

/// All of them.
std::span<const route_row> all_routes();

/// What a request asks for, by its path and method.
struct route {
  end_point to = end_point::none;
  const operation* what = nullptr; ///< of `operation` alone
  json::object params;             ///< that path and query give to it

  /// The methods that the path takes, as Allow lists them; empty if there is
  /// nothing at the path, and then `missing` says so.
  std::string allow;
  std::optional<failure> missing;

  /// How metrics and logs call it.
  std::string_view name() const;
};

/// Looks the request up in the one table of all paths. A path that takes other
/// methods has a route to `none` with `allow`.
route find_route(const request_head& head, std::string_view ledger_name);

/// The answer where a path takes other methods than the request's: 405, or 204
/// to OPTIONS, both with Allow (RFC 9110 sections 9.3.7 and 15.5.6).
std::optional<http_response> check_method(const route& x, http_method method);

} // namespace signalbox
