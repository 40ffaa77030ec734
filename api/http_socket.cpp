#include "api/http_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace signalbox {

std::string peer_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return {};
  const void* address =
      storage.ss_family == AF_INET6
          ? static_cast<const void*>(
                &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr)
          : &reinterpret_cast<sockaddr_in&>(storage).sin_addr;
  char text[INET6_ADDRSTRLEN] = {};
  return ::inet_ntop(storage.ss_family, address, text, sizeof text) != nullptr
             ? text
             : "";
}

} // namespace signalbox
