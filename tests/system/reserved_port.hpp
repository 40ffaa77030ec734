#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "storage/file_descriptor.hpp"

namespace signalbox::test {

/// Keeps a port of 127.0.0.1 from others until it is closed: bound, and not
/// listened to, so that a server that sets SO_REUSEADDR may take it. Throws if
/// somebody listens there.
inline file_descriptor reserve_port(std::uint16_t port) {
  file_descriptor out{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(out.get(), reinterpret_cast<sockaddr*>(&address),
             sizeof address) != 0)
    throw std::runtime_error{"somebody else has the port " +
                             std::to_string(port)};
  return out;
}

} // namespace signalbox::test
