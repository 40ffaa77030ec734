#include "api/rest_routes.hpp"

#include <array>
#include <vector>

namespace signalbox {

namespace {

/// One route: pieces in braces are parameters.
struct pattern {
  http_method method;
  std::string_view path;
  std::string_view operation;
};

constexpr std::array<pattern, 18> patterns{{
    {http_method::get, "clients", "ListClients"},
    {http_method::get, "clients/{client_id}", "GetClient"},
    {http_method::get, "clients/{client_id}/schemas/{version}", "GetSchema"},
    {http_method::get, "clients/{client_id}/profiles", "ListProfiles"},
    {http_method::get, "clients/{client_id}/profiles/{profile}/config",
     "GetConfig"},
    {http_method::get, "clients/{client_id}/profiles/{profile}/diff",
     "DiffConfig"},
    {http_method::post, "clients/{client_id}/profiles/{profile}/validate",
     "ValidateDraft"},
    {http_method::post, "clients/{client_id}/profiles/{profile}/publish",
     "Publish"},
    {http_method::post, "clients/{client_id}/profiles/{profile}/revert",
     "Revert"},
    {http_method::put, "clients/{client_id}/profiles/{profile}", "PutProfile"},
    {http_method::post, "clients/{client_id}/profiles/{profile}/reseal",
     "Reseal"},
    {http_method::get, "keysets/current", "GetKeyset"},
    {http_method::get, "keysets/{version}", "GetKeyset"},
    {http_method::post, "keysets", "PutKeyset"},
    {http_method::get, "commands/{command_id}", "GetCommand"},
    {http_method::get, "tokens", "ListTokens"},
    {http_method::post, "tokens", "IssueToken"},
    {http_method::delete_, "tokens/{token_id}", "RevokeToken"},
}};

/// Matches the segments from `from` on; fills the parameters.
bool matches(std::string_view path, const std::vector<std::string>& segments,
             std::size_t from, json::object& params) {
  for (auto i = from; i < segments.size(); ++i) {
    if (path.empty())
      return false;
    auto piece = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), piece.size() + 1));
    if (piece.front() == '{')
      params[piece.substr(1, piece.size() - 2)] = segments[i];
    else if (piece != segments[i])
      return false;
  }
  return path.empty();
}

constexpr std::size_t prefix_segments = 3; // v1 / ledgers / {ledger}

} // namespace

result<rest_route> find_route(http_method method, const target& x,
                              std::string_view ledger_name) {
  auto& segments = x.segments;
  if (segments.size() <= prefix_segments || segments[0] != "v1" ||
      segments[1] != "ledgers")
    return failure{errc::not_found, "there is nothing at this path: the "
                                    "interface is described in docs/api.md"};
  if (segments[2] != ledger_name)
    return failure{errc::not_found, "there is no ledger of this name"};
  if (method == http_method::head)
    method = http_method::get;
  bool path_exists = false;
  for (auto& route : patterns) {
    json::object params;
    if (!matches(route.path, segments, prefix_segments, params))
      continue;
    path_exists = true;
    if (route.method != method)
      continue;
    for (auto& [name, value] : x.parameters)
      if (!params.contains(name))
        params[name] = value;
    return rest_route{find_operation(route.operation), std::move(params)};
  }
  if (path_exists)
    return failure{errc::bad_request, "this path does not take this method"};
  return failure{errc::not_found, "there is nothing at this path"};
}

} // namespace signalbox
