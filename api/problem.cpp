#include "api/problem.hpp"

#include "api/error_table.hpp"

#include <boost/json/serialize.hpp>

namespace signalbox {

namespace {

/// Details may name another status than the failure's own.
unsigned status_of(const failure& why, const json::object& details) {
  auto* x = details.if_contains("status");
  return x != nullptr && x->is_int64() ? static_cast<unsigned>(x->get_int64())
                                       : lookup(why.code).status;
}

std::string retry_after(const json::object& details) {
  auto* x = details.if_contains("retry_after");
  return x != nullptr ? json::serialize(*x) : "1";
}

} // namespace

json::object problem_members(const failure& why, const json::object& details) {
  auto& row = lookup(why.code);
  json::object out{{"type", "about:blank"},
                   {"title", row.title},
                   {"status", row.status},
                   {"detail", why.message},
                   {"code", to_string(why.code)}};
  if (!why.pointer.empty())
    out["pointer"] = why.pointer;
  for (auto& [name, value] : details)
    out[name] = value;
  return out;
}

http_response to_response(const operation_answer& x) {
  http_response out;
  out.status = x.status;
  if (x.failed) {
    out.status = status_of(*x.failed, x.details);
    out.content_type = "application/problem+json";
    out.body = json::serialize(problem_members(*x.failed, x.details));
    if (out.status == 401)
      out.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (out.status == 503 || out.status == 429)
      out.headers.emplace_back("Retry-After", retry_after(x.details));
  } else if (x.body) {
    out.content_type = x.media_type.empty() ? "application/json" : x.media_type;
    out.body = x.body;
  }
  if (!x.etag.empty()) {
    out.headers.emplace_back("ETag", x.etag);
    out.headers.emplace_back("Cache-Control", "no-cache");
  }
  if (!x.token.empty())
    out.headers.emplace_back("Signalbox-Token", x.token);
  if (!x.location.empty())
    out.headers.emplace_back("Location", x.location);
  if (!x.cursor.empty())
    out.headers.emplace_back("Signalbox-Cursor", x.cursor);
  if (!x.next.empty())
    out.headers.emplace_back("Link", '<' + x.next + ">; rel=\"next\"");
  return out;
}

} // namespace signalbox
