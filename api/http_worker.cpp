#include "api/http_worker.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/http_acceptor.hpp"
#include "api/http_connection.hpp"
#include "api/http_gate.hpp"
#include "api/http_transport.hpp"
#include "api/tls_certificate.hpp"

namespace signalbox {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using executor = asio::io_context::executor_type;
// Concrete executors: the erased one costs a locked instruction an operation.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               executor>;

// A connection with its socket. While Asio holds an operation, the completion
// of the last one frees the link.
struct link {
  link(tcp_socket s, http_worker_context& worker, std::uint64_t k,
       const tls_certificate* certificate)
      : socket{std::move(s)}, transport{socket.native_handle(), certificate},
        key{k}, connection{worker, transport, k,
                           peer_of(socket.native_handle())} {}

  bool is_pending() const { return reading || waiting; }

  tcp_socket socket;
  http_transport transport;
  std::uint64_t key;
  bool reading = false;
  bool waiting = false; // until it can be written to
  http_connection connection;
};

} // namespace

class http_worker::impl final : public http_worker_context {
 public:
  impl(const http_config& cfg, http_handler& served, std::size_t number,
       std::atomic<std::size_t>& open, http_send_budget& all)
      : http_worker_context{cfg, served, number, all}, open_{open},
        gate_{std::make_shared<http_gate>(
            [this] { asio::post(io_, [this] { deliver(); }); })} {}

  ~impl() override { cut(); }

  void cut() {
    if (thread_.joinable()) {
      asio::post(io_, [this] { close_all(); });
      thread_.join();
    }
    gate_->shut();
  }

  // Signals are for the main thread.
  void start() {
    handler.join(worker, gate_);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread{[this] { run(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void listen(http_socket socket, std::function<void(http_socket)> take) {
    asio::post(
        io_, [this, take = std::move(take), fd = std::move(socket)]() mutable {
          acceptor_.open(std::move(fd), std::move(take));
        });
  }

  void stop_listening() {
    std::promise<void> closed;
    asio::post(io_, [this, &closed] {
      acceptor_.close();
      closed.set_value();
    });
    closed.get_future().wait();
  }

  void adopt(http_socket fd) {
    asio::post(io_, [this, owned = std::move(fd)]() mutable {
      serve(std::move(owned));
    });
  }

  void drain() {
    asio::post(io_, [this] {
      draining = true;
      for (auto& x : links_)
        if (x && x->connection.is_idle())
          close(*x);
        else if (x && x->socket.is_open() && x->connection.is_streaming())
          go_on(*x, [](auto& y) { return y.on_drain(); });
      end_if_drained();
    });
  }

  bool wait_until(std::chrono::steady_clock::time_point deadline) {
    return ended_.wait_until(deadline) == std::future_status::ready;
  }

  reply make_reply(std::uint64_t key, std::uint64_t sequence) override {
    return make_gate_reply(gate_, key, sequence);
  }

  http_stream::waker make_waker(std::uint64_t key) override {
    return [this, key] {
      if (auto* x = find(key))
        go_on(*x, [](auto& y) { return y.on_ready(); });
    };
  }

  // Not the one that asks: it is in the middle of a step.
  void make_room(std::uint64_t key) override {
    const auto real_now = std::chrono::steady_clock::now();
    std::vector<std::pair<double, link*>> readers;
    for (auto& x : links_)
      if (x && x->key != key)
        if (const auto speed = x->connection.reading_speed(real_now))
          readers.emplace_back(*speed, x.get());
    std::sort(readers.begin(), readers.end());
    for (auto& [speed, x] : readers) {
      if (!budget.is_tight())
        return;
      probe.slow_readers.add();
      close(*x);
    }
  }

 private:
  void run() {
    sweep_later();
    io_.run();
    end_.set_value();
  }

  // What fails here, such as for want of memory, costs this connection and not
  // the process.
  void serve(http_socket fd) try {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    error_code ec;
    tcp_socket socket{io_.get_executor()};
    // Which family is told makes no difference to reading and writing.
    if (!draining)
      socket.assign(asio::ip::tcp::v4(), fd.get(), ec);
    if (draining || ec) {
      --open_;
      return;
    }
    fd.release();
    auto& x = add_link(std::move(socket));
    probe.accepted.add();
    probe.open.add();
    go_on(x, [](auto&) { return http_connection::next::read; });
  } catch (const std::exception&) {
    probe.failures.add();
    --open_;
  }

  // Leaves everything as it was if it throws.
  link& add_link(tcp_socket socket) {
    if (free_.empty()) {
      free_.reserve(links_.size() + 1); // closing must not have to
      links_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(links_.size() - 1));
    }
    const auto slot = free_.back();
    const auto key = (std::uint64_t{++generation_} << 32) | slot;
    const auto certificate = config.tls ? config.tls->current() : nullptr;
    links_[slot] = std::make_unique<link>(std::move(socket), *this, key,
                                          certificate.get());
    free_.pop_back();
    return *links_[slot];
  }

  void await(link& x, http_connection::next what) {
    switch (what) {
    case http_connection::next::read:
    case http_connection::next::listen:
      return read(x);
    case http_connection::next::wait_writable:
      return wait_writable(x);
    case http_connection::next::wait_answer:
      return;
    case http_connection::next::close:
      return close(x);
    }
  }

  void read(link& x) {
    if (x.reading)
      return;
    if (x.transport.is_tls())
      return read_tls(x);
    const auto room = x.connection.room();
    x.socket.async_read_some(asio::buffer(room.data(), room.size()),
                             [this, &x](error_code ec, std::size_t n) {
                               x.reading = false;
                               resume(x, ec,
                                      [n](auto& y) { return y.on_bytes(n); });
                             });
    x.reading = true;
  }

  // What TLS holds already makes no socket readable. It takes its turn behind
  // the other connections all the same.
  void read_tls(link& x) {
    if (x.transport.has_more())
      asio::post(io_, [this, &x] { receive_tls(x, {}); });
    else
      wait_for_tls(x, tcp_socket::wait_read);
    x.reading = true;
  }

  void wait_for_tls(link& x, tcp_socket::wait_type what) {
    x.socket.async_wait(what,
                        [this, &x](error_code ec) { receive_tls(x, ec); });
    x.reading = true;
  }

  void receive_tls(link& x, error_code ec) {
    using outcome = http_transport::outcome;
    x.reading = false;
    if (ec || !x.socket.is_open())
      return close(x);
    go_on(x, [&](auto& y) {
      std::size_t n = 0;
      switch (x.transport.receive(y.room(), n)) {
      case outcome::done:
        return y.on_bytes(n);
      case outcome::wait_readable:
        return http_connection::next::read;
      case outcome::wait_writable: // for the handshake
        wait_for_tls(x, tcp_socket::wait_write);
        return http_connection::next::wait_answer;
      case outcome::not_tls:
        x.transport.answer_plain(plain_text_answer());
        [[fallthrough]];
      case outcome::broken:
        probe.tls_failures.add();
        [[fallthrough]];
      case outcome::closed:
        break;
      }
      return http_connection::next::close;
    });
  }

  static std::string plain_text_answer() {
    const auto x = problem_response(
        400, to_string(errc::bad_request),
        "this port speaks TLS: ask with https:// instead of http://");
    return head_of(x).append("Connection: close\r\n\r\n").append(body_of(x));
  }

  void wait_writable(link& x) {
    if (x.waiting)
      return;
    x.socket.async_wait(tcp_socket::wait_write, [this, &x](error_code ec) {
      x.waiting = false;
      resume(x, ec, [](auto& y) { return y.on_writable(); });
    });
    x.waiting = true;
  }

  template <class Step>
  void resume(link& x, error_code ec, Step step) {
    if (ec || !x.socket.is_open())
      close(x);
    else
      go_on(x, step);
  }

  // What a step throws costs its connection.
  template <class Step>
  void go_on(link& x, Step step) try {
    await(x, step(x.connection));
  } catch (const std::exception&) {
    probe.failures.add();
    close(x);
  }

  void close(link& x) {
    error_code ignored;
    x.connection.give_up_sending();
    if (x.socket.is_open())
      x.transport.say_goodbye();
    x.socket.close(ignored);
    if (x.is_pending())
      return; // its last aborted operation comes back and frees it
    --open_;
    probe.open.subtract();
    const auto slot = static_cast<std::uint32_t>(x.key);
    links_[slot].reset();
    free_.push_back(slot);
    end_if_drained();
  }

  void deliver() {
    auto items = gate_->take();
    for (auto& x : items.answers)
      if (auto* to = find(x.key); to != nullptr && !to->is_pending())
        go_on(*to, [&](auto& y) {
          return x.stream ? y.on_stream(x.sequence, std::move(x.response),
                                        std::move(x.stream))
                          : y.on_answer(x.sequence, std::move(x.response));
        });
    for (auto& x : items.tasks)
      perform(x);
  }

  void perform(const std::function<void()>& task) try {
    task();
  } catch (const std::exception&) {
    probe.failures.add();
  }

  link* find(std::uint64_t key) {
    const auto slot = static_cast<std::uint32_t>(key);
    auto* x = slot < links_.size() ? links_[slot].get() : nullptr;
    return x != nullptr && x->key == key && x->socket.is_open() ? x : nullptr;
  }

  void sweep_later() {
    sweep_timer_.expires_after(config.sweep_interval);
    sweep_timer_.async_wait([this](error_code ec) {
      if (!ec)
        sweep();
    });
  }

  void sweep() {
    now = std::chrono::steady_clock::now();
    if (budget.is_overdrawn()) // by another worker's connections
      make_room(0);
    for (auto& x : links_)
      if (!x || !x->socket.is_open())
        continue;
      else if (x->connection.is_overdue())
        close(*x);
      else if (x->connection.is_silent())
        go_on(*x, [](auto& y) { return y.on_silence(); });
    if (!ending_)
      sweep_later();
  }

  void close_all() {
    draining = true;
    for (auto& x : links_)
      if (x)
        close(*x);
    end_if_drained();
  }

  void end_if_drained() {
    if (!draining || free_.size() != links_.size())
      return;
    ending_ = true;
    sweep_timer_.cancel();
    work_.reset();
  }

  std::atomic<std::size_t>& open_;
  asio::io_context io_{1};
  asio::executor_work_guard<executor> work_{io_.get_executor()};
  timer sweep_timer_{io_.get_executor()};
  http_acceptor acceptor_{io_};
  std::shared_ptr<http_gate> gate_;
  std::vector<std::unique_ptr<link>> links_;
  std::vector<std::uint32_t> free_;
  std::uint32_t generation_ = 0;
  bool ending_ = false;
  std::promise<void> end_;
  std::future<void> ended_ = end_.get_future();
  std::thread thread_;
};

http_worker::http_worker(const http_config& config, http_handler& handler,
                         std::size_t number, std::atomic<std::size_t>& open,
                         http_send_budget& budget)
    : impl_{std::make_unique<impl>(config, handler, number, open, budget)} {}

http_worker::~http_worker() = default;

void http_worker::start() {
  impl_->start();
}

void http_worker::listen(http_socket socket,
                         std::function<void(http_socket)> take) {
  impl_->listen(std::move(socket), std::move(take));
}

void http_worker::stop_listening() {
  impl_->stop_listening();
}

void http_worker::adopt(http_socket socket) {
  impl_->adopt(std::move(socket));
}

void http_worker::drain() {
  impl_->drain();
}

bool http_worker::wait_until(std::chrono::steady_clock::time_point deadline) {
  return impl_->wait_until(deadline);
}

void http_worker::cut() {
  impl_->cut();
}

void http_worker::note_refused() {
  impl_->probe.refused.add();
}

void http_worker::add_counts_to(http_counts& sum) const {
  impl_->probe.add_to(sum);
}

} // namespace signalbox
