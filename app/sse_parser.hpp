#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// One event of a stream (WHATWG HTML section 9.2).
struct sse_event {
  std::string id; ///< the last one that the stream has named
  std::string type;
  std::string data;
};

/// Reads an event stream as its bytes come. An event without data is not told,
/// but its id counts.
class sse_parser {
 public:
  void feed(std::string_view bytes) { input_.append(bytes); }

  /// The next whole event, if it has come.
  std::optional<sse_event> next();

  const std::string& last_id() const { return id_; }

  /// Bytes of a line that has not ended.
  std::size_t pending() const { return input_.size() - at_; }

 private:
  std::optional<sse_event> take(std::string_view line);

  std::string input_;
  std::size_t at_ = 0;
  std::string id_;
  std::string type_;
  std::optional<std::string> data_;
};

} // namespace signalbox
