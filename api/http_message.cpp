#include "api/http_message.hpp"

#include <algorithm>

#include "events/json.hpp"

namespace signalbox {

namespace {

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_name(std::string_view x, std::string_view y) {
  return x.size() == y.size() &&
         std::equal(x.begin(), x.end(), y.begin(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

bool has_no_length(unsigned status) {
  return status == 204 || status == 304;
}

void append_field(std::string& to, std::string_view name,
                  std::string_view value) {
  to.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

std::string_view request_head::path() const {
  return target.substr(0, target.find('?'));
}

std::string_view request_head::find(std::string_view name) const {
  for (const auto& x : fields)
    if (same_name(x.name, name))
      return x.value;
  return {};
}

void request_head::clear() {
  auto kept = std::move(fields);
  kept.clear();
  *this = request_head{};
  fields = std::move(kept);
}

http_request::http_request(const request_head& head, std::string request_id)
    : id{std::move(request_id)},
      text_{new char[head.raw.size() + head.peer.size()]}, head_{head} {
  auto* end = std::copy(head.raw.begin(), head.raw.end(), text_.get());
  std::copy(head.peer.begin(), head.peer.end(), end);
  const auto moved = [&](std::string_view& x) {
    if (x.data() != nullptr)
      x = {text_.get() + (x.data() - head.raw.data()), x.size()};
  };
  for (auto* x : {&head_.method_name, &head_.target, &head_.authorization,
                  &head_.if_none_match, &head_.traceparent, &head_.request_id,
                  &head_.expect})
    moved(*x);
  for (auto& x : head_.fields) {
    moved(x.name);
    moved(x.value);
  }
  head_.raw = {text_.get(), head.raw.size()};
  head_.peer = {end, head.peer.size()};
}

std::string_view body_of(const http_response& x) {
  if (const auto* text = std::get_if<std::string>(&x.body))
    return *text;
  const auto& shared = std::get<std::shared_ptr<const std::string>>(x.body);
  return shared ? std::string_view{*shared} : std::string_view{};
}

std::string stream_head_of(const http_response& x) {
  std::string out = "HTTP/1.1 " + std::to_string(x.status) + " ";
  out.append(reason_phrase(x.status)).append("\r\n");
  if (!x.content_type.empty())
    append_field(out, "Content-Type", x.content_type);
  for (const auto& [name, value] : x.headers)
    append_field(out, name, value);
  return out;
}

std::string head_of(const http_response& x) {
  auto out = stream_head_of(x);
  if (!has_no_length(x.status))
    append_field(out, "Content-Length", std::to_string(body_of(x).size()));
  return out;
}

bool is_well_formed(const http_response& x) {
  return !has_control(x.content_type) &&
         std::none_of(x.headers.begin(), x.headers.end(), [](const auto& y) {
           return y.first.empty() || has_control(y.first) ||
                  y.first.find_first_of(": ") != y.first.npos ||
                  has_control(y.second);
         });
}

http_response problem_response(unsigned status, std::string_view code,
                               std::string_view detail) {
  json::object problem{{"type", "about:blank"},
                       {"title", json::string{reason_phrase(status)}},
                       {"status", status},
                       {"code", json::string{code}},
                       {"detail", json::string{detail}}};
  return {.status = status,
          .content_type = "application/problem+json",
          .body = to_canonical(problem)};
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 406:
    return "Not Acceptable";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 410:
    return "Gone";
  case 412:
    return "Precondition Failed";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 422:
    return "Unprocessable Content";
  case 425:
    return "Too Early";
  case 428:
    return "Precondition Required";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 504:
    return "Gateway Timeout";
  case 505:
    return "HTTP Version Not Supported";
  case 507:
    return "Insufficient Storage";
  default:
    return {};
  }
}

std::shared_ptr<const prepared_response>
prepared_response::make(http_response x) {
  return std::shared_ptr<const prepared_response>{
      new prepared_response{std::move(x)}};
}

prepared_response::prepared_response(http_response x)
    : response_{std::move(x)}, head_{head_of(response_)}, body_{body_of(
                                                              response_)} {}

} // namespace signalbox
