#include "api/http_parser.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "api/defaults.hpp"

namespace signalbox {

namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;
using boost::system::error_code;

std::string_view view(boost::beast::string_view x) {
  return {x.data(), x.size()};
}

http_method to_method(http::verb x) {
  switch (x) {
  case http::verb::get:
    return http_method::get;
  case http::verb::head:
    return http_method::head;
  case http::verb::post:
    return http_method::post;
  case http::verb::put:
    return http_method::put;
  case http::verb::patch:
    return http_method::patch;
  case http::verb::delete_:
    return http_method::delete_;
  case http::verb::options:
    return http_method::options;
  default: // Beast knows more verbs than we serve
    return http_method::other;
  }
}

bool is_request_id(std::string_view x) {
  return !x.empty() && x.size() <= max_request_id_bytes &&
         std::all_of(x.begin(), x.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
         });
}

bool is_lower_hex(std::string_view x) {
  return x.find_first_not_of("0123456789abcdef") == x.npos;
}

bool is_zero(std::string_view x) {
  return x.find_first_not_of('0') == x.npos;
}

// W3C Trace Context section 3.2: version, trace id, parent id and flags. What
// a later version may add behind them is not taken, so no free text passes.
bool is_traceparent(std::string_view x) {
  if (x.size() != 55 || x[2] != '-' || x[35] != '-' || x[52] != '-')
    return false;
  const auto version = x.substr(0, 2);
  const auto trace = x.substr(3, 32);
  const auto parent = x.substr(36, 16);
  return is_lower_hex(version) && version != "ff" && is_lower_hex(trace) &&
         !is_zero(trace) && is_lower_hex(parent) && !is_zero(parent) &&
         is_lower_hex(x.substr(53));
}

// What stands in no host, with or without a port (RFC 3986 section 3.2); a
// reader behind us might cut there.
bool is_host(std::string_view x) {
  return x.find_first_of(" \t/\\?#@,\"<>") == x.npos;
}

// Whether a value stands on more than the line of its name (RFC 9112 section
// 5.2). Beast makes the value anew elsewhere, or, where its first lines are
// empty, lets it begin further down.
bool is_folded(std::string_view head, std::string_view name,
               std::string_view value) {
  const auto* end = head.data() + head.size();
  if (value.data() < head.data() || value.data() > end)
    return !value.empty();
  const auto* from = name.data() + name.size();
  return std::find(from, value.data(), '\n') != value.data();
}

// The absolute form, which clients send to proxies, is read as what stands
// behind its authority (RFC 9112 section 3.2.2).
std::string_view to_origin_form(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!iequals(target.substr(0, scheme.size()), scheme))
      continue;
    const auto at = target.find_first_of("/?", scheme.size());
    if (target.size() == scheme.size() || at == scheme.size())
      return {}; // without a host it is no http URI (RFC 9110 section 4.2.1)
    if (at == target.npos) // every view must lie in the head: the scheme's "/"
      return target.substr(scheme.size() - 1, 1);
    return target.substr(at);
  }
  return target;
}

// One message. Its head's views point into the text given to put(), because
// a head is only given whole.
class message_parser final : public http::basic_parser<true> {
 public:
  message_parser(request_head& head, parse_failure& why)
      : head_{&head}, why_{why} {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
  }

  // The head is the caller's and does not outlive its turn.
  void forget_head() { head_ = nullptr; }

  void body_to(std::string& body, std::size_t limit) {
    body_ = &body;
    limit_ = limit;
  }

  bool has_host() const { return hosts_ > 0; }
  bool has_coding() const { return codings_ > 0; }

 private:
  void fail(error_code& ec, unsigned status, std::string_view detail) {
    why_ = {status, detail};
    ec = http::error::bad_field;
  }

  void on_request_impl(http::verb method, boost::beast::string_view method_name,
                       boost::beast::string_view target, int version,
                       error_code&) override {
    head_->method = to_method(method);
    head_->method_name = view(method_name);
    head_->target = view(target);
    head_->version = static_cast<unsigned>(version);
  }

  void on_field_impl(http::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code& ec) override {
    if (head_ == nullptr)
      return; // a trailer of a chunked body; nothing uses them
    const auto text = view(value);
    if (is_folded(head_->raw, view(name), text))
      return fail(ec, 400, "a header field is folded over lines");
    if (head_->fields.size() == max_header_fields)
      return fail(ec, 431, "too many header fields");
    head_->fields.push_back({view(name), text});
    on_known_field(field, view(name), text, ec);
  }

  void on_known_field(http::field field, std::string_view name,
                      std::string_view value, error_code& ec) {
    switch (field) {
    case http::field::host:
      if (++hosts_ > 1)
        fail(ec, 400, "more than one Host field");
      else if (!is_host(value))
        fail(ec, 400, "the Host field is no host");
      break;
    case http::field::content_length:
      on_content_length(value, ec);
      break;
    case http::field::transfer_encoding:
      on_transfer_encoding(value, ec);
      break;
    case http::field::authorization:
      if (!head_->authorization.empty())
        fail(ec, 400, "more than one Authorization field");
      head_->authorization = value;
      break;
    case http::field::if_none_match:
      head_->if_none_match = value;
      break;
    case http::field::expect:
      head_->expect = value;
      break;
    default: // Beast knows hundreds of names; these two it does not know
      on_other_field(name, value);
    }
  }

  void on_other_field(std::string_view name, std::string_view value) {
    if (name.size() == 12 && iequals(name, "x-request-id")) {
      if (is_request_id(value))
        head_->request_id = value;
    } else if (name.size() == 11 && iequals(name, "traceparent")) {
      if (is_traceparent(value))
        head_->traceparent = value;
    }
  }

  // Beast accepts repeated equal lengths; a reader before us may not have.
  void on_content_length(std::string_view value, error_code& ec) {
    const bool digits =
        !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
          return c >= '0' && c <= '9';
        });
    if (++lengths_ > 1 || !digits)
      fail(ec, 400, "Content-Length must be one number");
  }

  void on_transfer_encoding(std::string_view value, error_code& ec) {
    if (++codings_ > 1)
      fail(ec, 400, "more than one Transfer-Encoding field");
    else if (!iequals(value, "chunked"))
      fail(ec, 501, "the only transfer coding is chunked");
  }

  void on_response_impl(int, boost::beast::string_view, int,
                        error_code&) override {}

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         error_code&) override {}

  std::size_t on_body_impl(boost::beast::string_view bytes,
                           error_code& ec) override {
    refuse_beyond_limit(bytes.size(), ec);
    if (!ec)
      body_->append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void refuse_beyond_limit(std::uint64_t more, error_code& ec) {
    if (more > limit_ - std::min(limit_, body_->size()))
      fail(ec, 413, "the body is larger than this request may have");
  }

  void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view,
                            error_code& ec) override {
    refuse_beyond_limit(size, ec);
  }

  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes,
                                 error_code& ec) override {
    return on_body_impl(bytes, ec);
  }

  void on_finish_impl(error_code&) override {}

  request_head* head_;
  parse_failure& why_;
  std::string* body_ = nullptr;
  std::size_t limit_ = 0;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  unsigned codings_ = 0;
};

} // namespace

class http_parser::impl {
 public:
  std::optional<message_parser> message;
  parse_failure why;

  step fail(unsigned status, std::string_view detail) {
    why = {status, detail};
    return step::failed;
  }

  step fail(const error_code& ec) {
    if (!why.detail.empty())
      return step::failed; // one of ours, with its own words
    if (ec == http::error::bad_version)
      return fail(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return fail(400, "the request does not follow HTTP/1.1 (RFC 9112)");
  }

  step check(std::size_t target_limit, request_head& head) {
    if (message->has_coding() &&
        (head.version == 10 || message->content_length()))
      return fail(400, "Transfer-Encoding where it may not stand");
    if (head.version == 11 && !message->has_host())
      return fail(400, "the Host field is missing");
    if (head.target.size() > target_limit)
      return fail(414, "the request target is too long");
    head.target = to_origin_form(head.target);
    const auto first = head.target.substr(0, 1);
    if (first != "/" && first != "?" &&
        !(head.target == "*" && head.method == http_method::options))
      return fail(400, "the request target is no path");
    return step::done;
  }
};

http_parser::http_parser() : impl_{std::make_unique<impl>()} {}
http_parser::http_parser(http_parser&&) noexcept = default;
http_parser::~http_parser() = default;

const parse_failure& http_parser::why() const {
  return impl_->why;
}

http_parser::step http_parser::parse_head(std::string_view text,
                                          std::size_t target_limit,
                                          request_head& head) {
  head.clear();
  head.raw = text;
  impl_->why = {};
  auto& message = impl_->message.emplace(head, impl_->why);
  error_code ec;
  const auto used =
      message.put(boost::asio::const_buffer{text.data(), text.size()}, ec);
  if (ec)
    return impl_->fail(ec);
  if (!message.is_header_done() || used != text.size())
    return impl_->fail(http::error::bad_field);
  if (const auto x = message.content_length())
    head.content_length = *x;
  head.chunked = message.chunked();
  head.keep_alive = message.keep_alive();
  message.forget_head();
  return impl_->check(target_limit, head);
}

http_parser::step http_parser::parse_body(std::string_view& text,
                                          std::size_t limit,
                                          std::string& body) {
  auto& message = *impl_->message;
  message.body_to(body, limit);
  while (!message.is_done() && !text.empty()) {
    error_code ec;
    const auto used =
        message.put(boost::asio::const_buffer{text.data(), text.size()}, ec);
    if (ec == http::error::need_more) {
      text.remove_prefix(used);
      return step::need_more;
    }
    if (ec)
      return impl_->fail(ec);
    text.remove_prefix(used);
  }
  return message.is_done() ? step::done : step::need_more;
}

} // namespace signalbox
