#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace signalbox {

enum class http_method : std::uint8_t {
  get,
  head,
  post,
  put,
  patch,
  delete_,
  options,
  other, ///< `request_head::method_name` says which
};

/// A header field as sent. Names are compared without regard to case.
struct header_field {
  std::string_view name;
  std::string_view value;
};

/// The head of a request. All views point into `raw`; a head that is handed to
/// `http_handler::hot` or `admit` lives until that call returns, one in an
/// `http_request` as long as the request.
struct request_head {
  std::string_view raw;
  http_method method = http_method::other;
  std::string_view method_name;
  std::string_view target; ///< path and query, never decoded; `*` for OPTIONS
  std::string_view authorization;
  std::string_view if_none_match;
  /// Empty unless it has the form of W3C Trace Context: 55 characters.
  std::string_view traceparent;
  /// The client's X-Request-Id, empty when it sent none that may be repeated:
  /// 1-64 characters of [A-Za-z0-9._-].
  std::string_view request_id;
  std::string_view expect;
  std::optional<std::uint64_t> content_length;
  std::vector<header_field> fields; ///< all, in order, the above included
  unsigned version = 11;            ///< 10 or 11
  bool chunked = false;
  bool keep_alive = true;
  /// The other end's address, without its port; empty if it was gone already.
  std::string_view peer;

  /// The target without its query; not decoded.
  std::string_view path() const;

  /// The value of the first field of that name, empty if there is none.
  std::string_view find(std::string_view name) const;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }

  /// Empties the head but keeps its memory, for the next request.
  void clear();
};

/// What a handler learned when it admitted a request, kept with it.
class request_note {
 public:
  virtual ~request_note() = default;
};

/// A request that owns its bytes, for any thread.
class http_request {
 public:
  /// Copies what `head` points at, its peer too.
  http_request(const request_head& head, std::string request_id);

  const request_head& head() const { return head_; }

  /// The X-Request-Id of the response, never empty: the client's, unless it
  /// looks like a secret, so that it may stand in events and logs.
  std::string id;
  std::size_t worker = 0; ///< whose connection it came on, from 0
  std::string body;
  std::unique_ptr<request_note> note; ///< of its `admission`

 private:
  std::unique_ptr<char[]> text_;
  request_head head_;
};

/// A response. The server adds Date, X-Request-Id, Content-Length and, where
/// needed, Connection; `headers` must name none of these.
struct http_response {
  unsigned status = 200;
  std::string content_type = {}; ///< empty: the field is left out
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::variant<std::string, std::shared_ptr<const std::string>> body = {};
};

/// The bytes of the body; an empty pointer is an empty body.
std::string_view body_of(const http_response& x);

/// The status line and all fields that `x` determines, without the blank line
/// that ends a head. 204 and 304 get no Content-Length (RFC 9110 section 8.6).
std::string head_of(const http_response& x);

/// The same for a body that ends with the connection.
std::string stream_head_of(const http_response& x);

/// Whether no header field could break out of its line.
bool is_well_formed(const http_response& x);

/// Problem details (RFC 9457): `code` is an `errc` text or a similar stable
/// word that programs compare, `detail` a sentence without any secret.
http_response problem_response(unsigned status, std::string_view code,
                               std::string_view detail);

/// The standard reason phrase; empty for a status that we never send.
std::string_view reason_phrase(unsigned status);

/// A response made ahead of time and sent many times without a copy; any
/// thread. The server adds only what differs between requests.
class prepared_response
    : public std::enable_shared_from_this<prepared_response> {
 public:
  /// Precondition: `is_well_formed(x)`.
  static std::shared_ptr<const prepared_response> make(http_response x);

  /// As `head_of` describes.
  std::string_view head() const { return head_; }
  std::string_view body() const { return body_; }

 private:
  explicit prepared_response(http_response x);

  http_response response_;
  std::string head_;
  std::string_view body_;
};

} // namespace signalbox
