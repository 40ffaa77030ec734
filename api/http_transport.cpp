#include "api/http_transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "api/tls_certificate.hpp"

namespace signalbox {

namespace {

/// The most that one record of TLS holds.
constexpr std::size_t record_bytes = 16 * 1024;

constexpr int max_wasted_reads = 4;

} // namespace

http_transport::http_transport(int socket, const tls_certificate* certificate)
    : socket_{socket} {
  if (certificate == nullptr)
    return;
  // Keeps what it needs of the certificate.
  session_ = SSL_new(certificate->context());
  if (session_ == nullptr || SSL_set_fd(session_, socket) != 1) {
    SSL_free(session_);
    throw std::bad_alloc{};
  }
  SSL_set_accept_state(session_);
}

http_transport::~http_transport() {
  SSL_free(session_);
}

http_transport::outcome http_transport::receive(std::span<char> room,
                                                std::size_t& n) {
  ERR_clear_error();
  return outcome_of(SSL_read_ex(session_, room.data(), room.size(), &n));
}

bool http_transport::has_more() const {
  // Not SSL_has_pending, which counts the beginning of a record, too: whoever
  // sends one slowly would be asked for the rest again and again.
  return session_ != nullptr && SSL_pending(session_) > 0;
}

http_transport::outcome http_transport::outcome_of(int returned) {
  if (returned > 0)
    return outcome::done;
  switch (SSL_get_error(session_, returned)) {
  case SSL_ERROR_WANT_READ:
    return outcome::wait_readable;
  case SSL_ERROR_WANT_WRITE:
    return outcome::wait_writable;
  case SSL_ERROR_ZERO_RETURN:
    return outcome::closed;
  default:
    return ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST
               ? outcome::not_tls
               : outcome::broken;
  }
}

http_transport::outcome http_transport::send(std::span<const iovec> pieces,
                                             std::size_t& n) {
  if (session_ == nullptr)
    return send_plain(pieces, n);
  // One record for all small pieces. When the socket is full, the next call
  // begins with the same bytes, as OpenSSL wants it.
  std::array<char, record_bytes> record;
  std::size_t size = 0;
  for (const auto& x : pieces) {
    const auto part = std::min(x.iov_len, record.size() - size);
    std::memcpy(record.data() + size, x.iov_base, part);
    size += part;
  }
  ERR_clear_error();
  return outcome_of(SSL_write_ex(session_, record.data(), size, &n));
}

http_transport::outcome
http_transport::send_plain(std::span<const iovec> pieces, std::size_t& n) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  for (;;) {
    // One piece, as a stream sends, costs the kernel less without a list.
    const auto sent = pieces.size() == 1 ? ::send(socket_, pieces[0].iov_base,
                                                  pieces[0].iov_len, flags)
                                         : ::sendmsg(socket_, &message, flags);
    if (sent >= 0) {
      n = static_cast<std::size_t>(sent);
      return outcome::done;
    }
    if (errno != EINTR)
      return errno == EAGAIN || errno == EWOULDBLOCK ? outcome::wait_writable
                                                     : outcome::broken;
  }
}

void http_transport::end_output() {
  say_goodbye();
  ::shutdown(socket_, SHUT_WR);
}

void http_transport::answer_plain(std::string_view text) {
  // A courtesy: what the socket does not take at once is lost.
  (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(socket_, SHUT_WR);
  std::array<char, record_bytes> waste;
  for (int i = 0; i < max_wasted_reads; ++i)
    if (::recv(socket_, waste.data(), waste.size(), MSG_DONTWAIT) <= 0)
      return;
}

void http_transport::say_goodbye() {
  if (session_ == nullptr || SSL_in_init(session_) == 1 ||
      (SSL_get_shutdown(session_) & SSL_SENT_SHUTDOWN) != 0)
    return;
  ERR_clear_error();
  SSL_shutdown(session_); // does not wait for the other end's
}

} // namespace signalbox
