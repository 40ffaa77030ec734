#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <sys/uio.h>

struct ssl_st;

namespace signalbox {

class tls_certificate;

/// How the bytes of one connection go over its socket: as they are, or through
/// TLS. Never blocks and owns no socket. On its worker's thread.
class http_transport {
 public:
  enum class outcome : std::uint8_t {
    done,
    wait_readable,
    wait_writable,
    closed,  ///< by the other end, in order
    not_tls, ///< a request in plain text came where TLS was to be
    broken
  };

  /// `certificate`: null for plain text.
  http_transport(int socket, const tls_certificate* certificate);
  http_transport(const http_transport&) = delete;
  ~http_transport();

  bool is_tls() const { return session_ != nullptr; }

  /// Reads what is there into `room`; the first calls of TLS do the handshake.
  /// Only for TLS. `n`: bytes that were read, of `done`.
  outcome receive(std::span<char> room, std::size_t& n);

  /// Whether more can be read although the socket has nothing.
  bool has_more() const;

  /// Sends the front of these pieces. `n`: bytes that were taken, of `done`.
  outcome send(std::span<const iovec> pieces, std::size_t& n);

  /// Says that nothing more will be sent; reading goes on.
  void end_output();

  /// The last word of TLS before the socket is closed; nothing for plain text.
  void say_goodbye();

  /// Sends `text` past TLS and throws away what has come, so that closing does
  /// not reset the connection before the other end has read it.
  void answer_plain(std::string_view text);

 private:
  outcome outcome_of(int returned);
  outcome send_plain(std::span<const iovec> pieces, std::size_t& n);

  int socket_;
  ssl_st* session_ = nullptr;
};

} // namespace signalbox
