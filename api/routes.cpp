#include "api/routes.hpp"

#include <algorithm>
#include <vector>

#include "api/problem.hpp"
#include "api/target.hpp"

namespace signalbox {

namespace {

constexpr auto get = http_method::get;
constexpr auto post = http_method::post;
constexpr auto put = http_method::put;
constexpr auto delete_ = http_method::delete_;
constexpr auto op = end_point::operation;

constexpr route_row table[] = {
    {get, "healthz", end_point::health},
    {get, "metrics", end_point::metrics},
    {get, "openapi.json", end_point::openapi},
    {get, "readyz/read", end_point::read_readiness},
    {get, "readyz/write", end_point::write_readiness},
    {post, "rpc", end_point::rpc},
    {get, "clients", op, "ListClients"},
    {get, "clients/{client_id}", op, "GetClient"},
    {put, "clients/{client_id}", op, "PutFamily"},
    {get, "clients/{client_id}/schemas/{version}", op, "GetSchema"},
    {get, "templates", op, "ListTemplates"},
    {get, "clients/{client_id}/templates", op, "ListTemplates"},
    {get, "clients/{client_id}/templates/{template_id}", op, "GetTemplate"},
    {put, "clients/{client_id}/templates/{template_id}", op, "PutTemplate"},
    {post, "fold", op, "ActivateFold"},
    {get, "clients/{client_id}/profiles", op, "ListProfiles"},
    {get, "clients/{client_id}/profiles/{profile}/config", op, "GetConfig"},
    {get, "clients/{client_id}/profiles/{profile}/diff", op, "DiffConfig"},
    {post, "clients/{client_id}/profiles/{profile}/validate", op,
     "ValidateDraft"},
    {post, "clients/{client_id}/profiles/{profile}/publish", op, "Publish"},
    {put, "clients/{client_id}/profiles/{profile}", op, "PutProfile"},
    {post, "clients/{client_id}/profiles/{profile}/reseal", op, "Reseal"},
    {post, "clients/{client_id}/profiles/{profile}/revert", op, "Revert"},
    {put, "clients/{client_id}/profiles/{profile}/policy", op, "BindPolicySet"},
    {get, "policies", op, "ListPolicySets"},
    {post, "policies", op, "PutPolicySet"},
    {get, "policies/{policy_set_id}", op, "GetPolicySet"},
    {post, "clients/{client_id}/profiles/{profile}/reports", op,
     "ReportClientState"},
    {get, "deployments", op, "GetDeployments"},
    {get, "changes", op, "PollChanges"},
    {get, "subscribe", op, "SubscribeConfigUpdates"},
    {get, "keysets/current", op, "GetKeyset"},
    {get, "keysets/{version}", op, "GetKeyset"},
    {post, "keysets", op, "PutKeyset"},
    {get, "audit", op, "GetAudit"},
    {get, "audit/{index}", op, "GetAuditRecord"},
    {get, "commands/{command_id}", op, "GetCommand"},
    {get, "tokens", op, "ListTokens"},
    {post, "tokens", op, "IssueToken"},
    {delete_, "tokens/{token_id}", op, "RevokeToken"},
    {get, "nodes", op, "ListNodes"},
    {put, "nodes/{node_id}", op, "PutNode"},
};

constexpr std::size_t prefix_segments = 3; // v1 / ledgers / {ledger}

/// Gives each piece of the pattern with its segment to `take`, from segment
/// `from` on; false once `take` is, or if the lengths differ.
template <class F>
bool walk(std::string_view path, const std::vector<std::string>& segments,
          std::size_t from, F take) {
  for (auto i = from; i < segments.size(); ++i) {
    if (path.empty())
      return false;
    auto piece = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), piece.size() + 1));
    if (!take(piece, segments[i]))
      return false;
  }
  return path.empty();
}

bool fits(const route_row& x, const std::vector<std::string>& segments,
          std::size_t from) {
  return walk(x.path, segments, from, [](auto piece, auto& segment) {
    return piece.front() == '{' || piece == segment;
  });
}

/// What the path says wins over the query.
json::object parameters_of(const route_row& x, const target& where) {
  json::object out;
  walk(x.path, where.segments, prefix_segments, [&](auto piece, auto& segment) {
    if (piece.front() == '{')
      out[piece.substr(1, piece.size() - 2)] = segment;
    return true;
  });
  for (auto& [name, value] : where.parameters)
    if (!out.contains(name))
      out[name] = value;
  return out;
}

bool is_below_ledgers(const target& x) {
  return x.segments.size() > prefix_segments && x.segments[0] == "v1" &&
         x.segments[1] == "ledgers";
}

failure nothing_at(const target& x, std::string_view ledger_name) {
  if (!is_below_ledgers(x))
    return {errc::not_found, "there is nothing at this path: the interface is "
                             "described at /openapi.json"};
  if (x.segments[2] != ledger_name)
    return {errc::not_found, "there is no ledger of this name"};
  return {errc::not_found, "there is nothing at this path"};
}

std::string_view methods_of(http_method x) {
  switch (x) {
  case http_method::get:
    return "GET, HEAD";
  case http_method::post:
    return "POST";
  case http_method::put:
    return "PUT";
  case http_method::delete_:
    return "DELETE";
  default: // no row has another
    return "";
  }
}

void allow(route& out, http_method method) {
  const auto names = methods_of(method);
  if (out.allow.find(names) == std::string::npos)
    out.allow.append(out.allow.empty() ? "" : ", ").append(names);
}

} // namespace

std::string_view route::name() const {
  switch (to) {
  case end_point::none:
    return "unknown";
  case end_point::operation:
    return what->name;
  case end_point::rpc:
    return "rpc";
  case end_point::health:
    return "/healthz";
  case end_point::metrics:
    return "/metrics";
  case end_point::read_readiness:
    return "/readyz/read";
  case end_point::write_readiness:
    return "/readyz/write";
  case end_point::openapi:
    return "/openapi.json";
  }
  return "unknown";
}

std::span<const route_row> all_routes() {
  return table;
}

route find_route(const request_head& head, std::string_view ledger_name) {
  route out;
  if (head.target == "*") { // of OPTIONS: what the server takes anywhere
    out.allow = "GET, HEAD, POST, PUT, DELETE";
    return out;
  }
  const auto where = parse_target(head.target);
  if (!where) {
    out.missing = where.error();
    return out;
  }
  const bool in_ledger =
      is_below_ledgers(*where) && where->segments[2] == ledger_name;
  const auto wanted =
      head.method == http_method::head ? http_method::get : head.method;
  for (auto& x : table) {
    const bool below = x.to == end_point::operation;
    if ((below && !in_ledger) ||
        !fits(x, where->segments, below ? prefix_segments : 0))
      continue;
    allow(out, x.method);
    if (x.method != wanted || out.to != end_point::none)
      continue;
    out.to = x.to;
    if (below) {
      out.what = find_operation(x.operation);
      out.params = parameters_of(x, *where);
    }
  }
  if (out.allow.empty())
    out.missing = nothing_at(*where, ledger_name);
  return out;
}

std::optional<http_response> check_method(const route& x, http_method method) {
  if (x.to != end_point::none || x.allow.empty())
    return std::nullopt;
  if (method == http_method::options)
    return http_response{204, "", {{"Allow", x.allow}}, {}};
  auto out = to_response(
      answer_failure({errc::bad_request, "this path takes " + x.allow},
                     {{"title", "Method not allowed"}, {"status", 405}}));
  out.headers.emplace_back("Allow", x.allow);
  return out;
}

} // namespace signalbox
