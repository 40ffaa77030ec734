// The least that a fan-out can cost here: a server that speaks as much HTTP as
// bench_fanout needs and, for each publish, does nothing but one send() for
// each subscriber. What it says is as long as what Signalbox says.
//
//     bench_bare_fanout
//
// Prints its port and serves on the loopback until it is killed.

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t event_bytes = 1900;

std::string event_of(std::string_view type, std::size_t size) {
  std::string out = "id: 0\nevent: " + std::string{type} + "\ndata: ";
  out.append(size > out.size() + 2 ? size - out.size() - 2 : 0, 'x');
  return out + "\n\n";
}

class server {
 public:
  std::uint16_t listen() {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
        ::listen(listener_, 4096) != 0)
      throw std::runtime_error{"cannot listen"};
    watch(listener_);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const auto n = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < n; ++i)
        if (const int fd = events[static_cast<std::size_t>(i)].data.fd;
            fd == listener_)
          accept();
        else
          read(fd);
    }
  }

 private:
  void watch(int fd) const {
    epoll_event x{};
    x.events = EPOLLIN;
    x.data.fd = fd;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &x) != 0)
      throw std::runtime_error{"cannot watch"};
  }

  void accept() const {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(fd);
    }
  }

  /// A request comes in one piece over the loopback.
  void read(int fd) {
    std::array<char, 16 * 1024> buffer;
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      subscribers_.erase(fd);
      ::close(fd);
      return;
    }
    const std::string_view text{buffer.data(), static_cast<std::size_t>(got)};
    if (text.starts_with("POST"))
      publish(fd);
    else if (text.find("/subscribe") != text.npos)
      subscribe(fd);
    else
      say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  }

  void subscribe(int fd) {
    subscribers_.insert(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" +
                event_of("current", 0));
  }

  void publish(int fd) const {
    for (const int x : subscribers_)
      say(x, event_);
    say(fd, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
  }

  static void say(int fd, std::string_view text) {
    if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
      std::fprintf(stderr, "a subscriber is too slow\n");
  }

  int listener_ =
      ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::unordered_set<int> subscribers_;
  const std::string event_ = event_of("published", event_bytes);
};

} // namespace

int main() try {
  rlimit open{};
  ::getrlimit(RLIMIT_NOFILE, &open);
  open.rlim_cur = open.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &open);
  server all;
  std::printf("%u\n", unsigned{all.listen()});
  std::fflush(stdout);
  all.run();
} catch (const std::exception& x) {
  std::fprintf(stderr, "bench_bare_fanout: %s\n", x.what());
  return 1;
}
