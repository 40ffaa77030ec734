#include "api/http_acceptor.hpp"

#include <cerrno>
#include <exception>
#include <utility>

#include <sys/socket.h>

#include "api/defaults.hpp"

namespace signalbox {

using boost::system::error_code;

void http_acceptor::open(http_socket socket,
                         std::function<void(http_socket)> take) {
  take_ = std::move(take);
  listener_.assign(socket.release());
  accept_later();
}

void http_acceptor::close() {
  error_code ignored;
  listener_.close(ignored);
  timer_.cancel();
  take_ = nullptr;
}

void http_acceptor::accept_later() {
  listener_.async_wait(decltype(listener_)::wait_read, [this](error_code ec) {
    if (!ec)
      accept_all();
  });
}

void http_acceptor::accept_all() {
  for (;;) {
    http_socket fd{::accept4(listener_.native_handle(), nullptr, nullptr,
                             SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (fd)
      hand_over(std::move(fd));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      return accept_later();
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
             errno == ENOMEM)
      return accept_after_pause();
    // Anything else is the fault of that one connection.
  }
}

void http_acceptor::hand_over(http_socket x) try {
  take_(std::move(x));
} catch (const std::exception&) { // no memory for it: it is closed
}

// Without a pause the connection that cannot be accepted spins the thread.
void http_acceptor::accept_after_pause() {
  timer_.expires_after(accept_pause);
  timer_.async_wait([this](error_code ec) {
    if (!ec)
      accept_all();
  });
}

} // namespace signalbox
