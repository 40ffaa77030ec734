#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace signalbox::test {

using client_response =
    boost::beast::http::response<boost::beast::http::string_body>;

/// A blocking client on 127.0.0.1 for tests: raw bytes out, parsed responses
/// in. Nothing waits longer than its patience; it throws then.
class http_client {
 public:
  static constexpr std::chrono::milliseconds patience{10000};

  /// `buffer`: what the kernel keeps for it, in bytes; 0: as much as usual.
  explicit http_client(std::uint16_t port, int buffer = 0,
                       std::chrono::milliseconds its_patience = patience)
      : patience_{its_patience}, fd_{::socket(AF_INET,
                                              SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (buffer > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      ::close(fd_);
      throw std::runtime_error{"cannot connect"};
    }
  }

  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  ~http_client() { ::close(fd_); }

  /// Sends these bytes; false when the server has closed already.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Says that nothing more will be sent.
  void half_close() { ::shutdown(fd_, SHUT_WR); }

  /// Reads one response; `to_head`: one that has no body.
  client_response read(bool to_head = false) {
    namespace http = boost::beast::http;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    parser.skip(to_head);
    parser.eager(true);
    for (;;) {
      boost::system::error_code ec;
      if (input_.size() > 0)
        input_.consume(parser.put(input_.data(), ec));
      if (ec && ec != http::error::need_more)
        throw std::runtime_error{"bad response: " + ec.message()};
      if (parser.is_done())
        return parser.release();
      if (!receive())
        throw std::runtime_error{"closed before the response was whole"};
    }
  }

  /// One request and its response. `more` holds whole header lines.
  client_response ask(std::string_view method, std::string_view target,
                      std::string_view more = {}, std::string_view body = {}) {
    std::string text{method};
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    text.append(more);
    if (!body.empty())
      text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text.append("\r\n").append(body);
    send(text);
    return read(method == "HEAD");
  }

  client_response get(std::string_view target, std::string_view more = {}) {
    return ask("GET", target, more);
  }

  /// The bytes up to and with this mark. For bodies that go on.
  std::string read_until(std::string_view mark) {
    for (;;) {
      const std::string_view text{
          static_cast<const char*>(input_.data().data()), input_.size()};
      if (const auto at = text.find(mark); at != text.npos) {
        std::string out{text.substr(0, at + mark.size())};
        input_.consume(out.size());
        return out;
      }
      if (!receive())
        throw std::runtime_error{"closed before the mark came"};
    }
  }
  std::string read_head() { return read_until("\r\n\r\n"); }
  std::string read_line() { return read_until("\n"); }

  /// Whether the server closes without sending anything more. Throws if it
  /// does neither in time.
  bool is_closed() { return input_.size() == 0 && !receive(); }

  /// Whether the server stays silent for that long.
  bool is_silent_for(std::chrono::milliseconds time) {
    pollfd x{fd_, POLLIN, 0};
    return input_.size() == 0 &&
           ::poll(&x, 1, static_cast<int>(time.count())) == 0;
  }

 private:
  bool receive() {
    pollfd x{fd_, POLLIN, 0};
    if (::poll(&x, 1, static_cast<int>(patience_.count())) == 0)
      throw std::runtime_error{"the server neither answered nor closed"};
    const auto room = input_.prepare(64 * 1024);
    const auto n = ::recv(fd_, room.data(), room.size(), 0);
    if (n <= 0)
      return false;
    input_.commit(static_cast<std::size_t>(n));
    return true;
  }

  std::chrono::milliseconds patience_;
  int fd_;
  boost::beast::flat_buffer input_;
};

/// The value of a header field, empty if there is none.
inline std::string field(const client_response& x, std::string_view name) {
  const auto value = x[boost::beast::string_view{name.data(), name.size()}];
  return {value.data(), value.size()};
}

} // namespace signalbox::test
