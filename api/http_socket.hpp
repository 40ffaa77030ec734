#pragma once

#include <string>
#include <utility>

#include <unistd.h>

namespace signalbox {

/// Owns a socket on its way from the acceptor to the worker that serves it.
class http_socket {
 public:
  explicit http_socket(int fd) : fd_{fd} {}
  http_socket(http_socket&& x) noexcept : fd_{x.release()} {}
  http_socket& operator=(http_socket&&) = delete;
  ~http_socket() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// The caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The address of the other end, without its port; empty if it is gone.
std::string peer_of(int socket);

} // namespace signalbox
