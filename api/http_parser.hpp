#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "api/http_message.hpp"

namespace signalbox {

/// Why a request cannot be read: the status that says so, and a sentence.
struct parse_failure {
  unsigned status = 400;
  std::string_view detail;
};

/// Reads HTTP/1.0 and 1.1 requests (RFC 9112), one at a time, without copying
/// heads. Strict where leniency lets two readers of the same bytes disagree:
/// repeated Content-Length, Content-Length with Transfer-Encoding, any other
/// coding than one `chunked`, folded lines, a missing or repeated Host.
/// Beast's parser does the reading; it stays in the .cpp.
class http_parser {
 public:
  enum class step { need_more, done, failed };

  http_parser();
  http_parser(http_parser&&) noexcept;
  ~http_parser();

  /// Parses one head. `text` begins with it and ends with its blank line.
  /// Never answers `need_more`.
  step parse_head(std::string_view text, std::size_t target_limit,
                  request_head& head);

  /// Goes on with the body of the request whose head came last; appends to
  /// `body` and drops from `text` what was read.
  step parse_body(std::string_view& text, std::size_t limit, std::string& body);

  /// After `failed`.
  const parse_failure& why() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
