#include "api/methods.hpp"

#include "api/problem.hpp"
#include "api/rest_routes.hpp"

#include <array>
#include <string>

namespace signalbox {

namespace {

struct named_method {
  http_method method;
  std::string_view name;
};

constexpr std::array<named_method, 5> methods{{
    {http_method::get, "GET"},
    {http_method::head, "HEAD"},
    {http_method::post, "POST"},
    {http_method::put, "PUT"},
    {http_method::delete_, "DELETE"},
}};

bool takes(const request_head& head, const result<target>& where,
           http_method method, std::string_view ledger_name) {
  const auto path = head.path();
  if (path == "*")
    return true;
  if (path == "/rpc")
    return method == http_method::post;
  if (path == "/healthz" || path == "/metrics" || path == "/readyz/read" ||
      path == "/readyz/write")
    return method == http_method::get || method == http_method::head;
  return where && find_route(method, *where, ledger_name);
}

} // namespace

std::optional<http_response> check_method(const request_head& head,
                                          std::string_view ledger_name) {
  const auto where = parse_target(head.target);
  std::string allow;
  for (auto& x : methods) {
    if (!takes(head, where, x.method, ledger_name))
      continue;
    if (x.method == head.method)
      return std::nullopt;
    allow.append(allow.empty() ? "" : ", ").append(x.name);
  }
  if (allow.empty())
    return std::nullopt;
  if (head.method == http_method::options)
    return http_response{204, "", {{"Allow", std::move(allow)}}, {}};
  auto out = to_response(
      answer_failure({errc::bad_request, "this path takes " + allow},
                     {{"title", "Method not allowed"}, {"status", 405}}));
  out.status = 405;
  out.headers.emplace_back("Allow", std::move(allow));
  return out;
}

} // namespace signalbox
