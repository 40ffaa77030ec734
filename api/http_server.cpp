#include "api/http_server.hpp"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "api/http_send_budget.hpp"
#include "api/http_socket.hpp"
#include "api/http_worker.hpp"

namespace signalbox {

namespace {

constexpr std::size_t max_workers = 256;
constexpr std::size_t min_header_limit = 1024;
constexpr std::size_t max_header_limit = 1024 * 1024;

struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

result<socket_address> to_socket_address(const http_config& x) {
  socket_address out;
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (::inet_pton(AF_INET, x.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(x.port);
    out.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, x.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(x.port);
    out.size = sizeof v6;
  } else {
    return failure{errc::bad_request,
                   "the listen address must be an IPv4 or IPv6 address, such "
                   "as 127.0.0.1 or ::1"};
  }
  return out;
}

std::string to_text(const http_config& x) {
  const bool v6 = x.address.find(':') != x.address.npos;
  return (v6 ? "[" + x.address + "]" : x.address) + ":" +
         std::to_string(x.port);
}

failure cannot_listen(const http_config& x, int error) {
  const auto where = to_text(x);
  switch (error) {
  case EADDRINUSE:
    return {errc::io,
            "address in use: " + where + "; another process listens there"};
  case EACCES:
    return {errc::io,
            "not permitted to listen on " + where + "; take a port above 1023"};
  case EADDRNOTAVAIL:
    return {errc::io, "no such address on this machine: " + where};
  default:
    return {errc::io, "cannot listen on " + where + ": " +
                          std::generic_category().message(error)};
  }
}

// One socket for all workers. SO_REUSEPORT would let a second process of the
// same user share the port without a word.
result<http_socket> listen_on(const http_config& x, socket_address address) {
  http_socket socket{::socket(address.storage.ss_family,
                              SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  if (!socket ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
      ::bind(socket.get(), address.get(), address.size) ||
      ::listen(socket.get(), listen_backlog))
    return cannot_listen(x, errno);
  return socket;
}

std::uint16_t port_of(const http_socket& socket) {
  socket_address address;
  address.size = sizeof address.storage;
  ::getsockname(socket.get(), address.get(), &address.size);
  // The port lies at the same place in both families.
  return ntohs(reinterpret_cast<sockaddr_in&>(address.storage).sin_port);
}

void answer_full(const http_socket& socket) {
  const auto full = problem_response(503, to_string(errc::overloaded),
                                     "too many connections; try again later");
  auto text = head_of(full);
  text.append("Connection: close\r\n\r\n").append(body_of(full));
  // A courtesy; whoever is refused may see a reset instead.
  (void)!::send(socket.get(), text.data(), text.size(),
                MSG_NOSIGNAL | MSG_DONTWAIT);
}

result<void> require(bool holds, const char* message) {
  if (!holds)
    return failure{errc::bad_request, message};
  return {};
}

} // namespace

result<void> validate(const http_config& x) {
  using std::chrono::milliseconds;
  if (auto address = to_socket_address(x); !address)
    return address.error();
  for (const auto limit : {x.header_timeout, x.body_timeout, x.write_timeout,
                           x.idle_timeout, x.sweep_interval})
    if (limit <= milliseconds{0})
      return failure{errc::bad_request, "HTTP time-outs must be positive"};
  if (x.drain_timeout < milliseconds{0})
    return failure{errc::bad_request, "the drain time-out is negative"};
  if (x.workers < 1 || x.workers > max_workers)
    return failure{errc::bad_request, "HTTP workers must be 1 to 256"};
  if (x.header_limit < min_header_limit || x.header_limit > max_header_limit)
    return failure{errc::bad_request,
                   "the header limit must be 1 KiB to 1 MiB"};
  if (x.target_limit < 1 || x.target_limit > x.header_limit)
    return failure{errc::bad_request,
                   "the target limit must be 1 to the header limit"};
  if (x.send_budget < 1)
    return failure{errc::bad_request, "the send budget must be positive"};
  return require(x.max_connections >= 1,
                 "at least one connection must be allowed");
}

class http_server::impl {
 public:
  impl(http_config config, std::shared_ptr<http_handler> handler)
      : config_{std::move(config)}, handler_{std::move(handler)},
        budget_{config_.send_budget} {}

  result<void> start() {
    if (auto ok = validate(config_); !ok)
      return ok;
    auto socket = listen_on(config_, *to_socket_address(config_));
    if (!socket)
      return socket.error();
    port_ = port_of(*socket);
    for (std::size_t i = 0; i < config_.workers; ++i)
      workers_.push_back(
          std::make_unique<http_worker>(config_, *handler_, i, open_, budget_));
    for (auto& x : workers_)
      x->start();
    workers_.front()->listen(std::move(*socket),
                             [this](http_socket x) { take(std::move(x)); });
    return {};
  }

  void stop() {
    if (workers_.empty() || std::exchange(stopped_, true))
      return;
    workers_.front()->stop_listening();
    handler_->drain();
    for (auto& x : workers_)
      x->drain();
    const auto deadline =
        std::chrono::steady_clock::now() + config_.drain_timeout;
    for (auto& x : workers_)
      x->wait_until(deadline);
    for (auto& x : workers_)
      x->cut();
  }

  std::uint16_t port() const { return port_; }

  http_counts counts() const {
    http_counts sum;
    for (const auto& x : workers_)
      x->add_counts_to(sum);
    sum.unsent = budget_.waiting();
    return sum;
  }

 private:
  // On the first worker's thread.
  void take(http_socket socket) {
    if (open_.load() >= config_.max_connections) {
      workers_.front()->note_refused();
      return answer_full(socket);
    }
    ++open_;
    try {
      workers_[turn_++ % workers_.size()]->adopt(std::move(socket));
    } catch (...) { // no memory to hand it over with
      --open_;
      throw;
    }
  }

  const http_config config_;
  const std::shared_ptr<http_handler> handler_;
  std::atomic<std::size_t> open_{0};
  http_send_budget budget_; // outlives the connections
  std::vector<std::unique_ptr<http_worker>> workers_;
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
};

http_server::http_server(http_config config,
                         std::shared_ptr<http_handler> handler)
    : impl_{std::make_unique<impl>(std::move(config), std::move(handler))} {}

http_server::~http_server() {
  stop();
}

result<void> http_server::start() {
  return impl_->start();
}

std::uint16_t http_server::port() const {
  return impl_->port();
}

void http_server::stop() {
  impl_->stop();
}

http_counts http_server::counts() const {
  return impl_->counts();
}

} // namespace signalbox
