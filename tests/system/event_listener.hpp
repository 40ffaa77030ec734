#pragma once

#include <string>
#include <string_view>

#include "app/sse_parser.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// A subscriber on a connection of its own.
class event_listener {
 public:
  /// `query` such as `client_id=codex`; `more` holds whole header lines;
  /// `buffer`: what the kernel keeps for it, in bytes, 0 for as much as usual.
  explicit event_listener(const node_process& node,
                          const std::string& query = {},
                          const std::string& more = {}, int buffer = 0)
      : client_{node.port, buffer} {
    client_.send("GET " + node.base + "subscribe" +
                 (query.empty() ? "" : '?' + query) +
                 " HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n" +
                 more + "\r\n");
    head = client_.read_head();
  }

  bool is_open() const { return head.starts_with("HTTP/1.1 200 "); }

  /// The next event, whatever its type.
  sse_event next() {
    for (;;) {
      if (auto x = events_.next())
        return *x;
      events_.feed(client_.read_line());
    }
  }

  /// The next event of this type.
  sse_event next(std::string_view type) {
    for (;;)
      if (auto x = next(); x.type == type)
        return x;
  }

  /// The next change, as JSON.
  json::value change() {
    for (;;)
      if (auto x = next(); x.type == "published" || x.type == "reverted")
        return json::parse(x.data);
  }

  /// One line as it comes: comments too.
  std::string line() { return client_.read_line(); }

  const std::string& last_id() const { return events_.last_id(); }
  http_client& connection() { return client_; }

  std::string head;

 private:
  http_client client_;
  sse_parser events_;
};

inline std::string text_of(const json::value& x, std::string_view name) {
  return std::string{std::string_view{x.at(std::string{name}).as_string()}};
}

} // namespace signalbox::test
