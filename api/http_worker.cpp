#include "api/http_worker.hpp"

#include <cerrno>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/http_connection.hpp"

namespace signalbox {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using executor = asio::io_context::executor_type;
// Concrete executors: the erased one costs a locked instruction an operation.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using descriptor = asio::posix::basic_stream_descriptor<executor>;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               executor>;

struct answered {
  std::uint64_t key;
  std::uint64_t sequence;
  http_response response;
};

// Where answers wait for their worker. Outlives the worker as long as replies
// are out, and is shut when the worker ends.
class answer_gate {
 public:
  explicit answer_gate(std::function<void()> wake) : wake_{std::move(wake)} {}

  void push(answered x) {
    const std::lock_guard lock{mutex_};
    if (!wake_)
      return;
    waiting_.push_back(std::move(x));
    if (waiting_.size() == 1)
      wake_();
  }

  std::vector<answered> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(waiting_, {});
  }

  void shut() {
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<answered> waiting_;
};

class gate_sink final : public reply_sink {
 public:
  gate_sink(std::shared_ptr<answer_gate> gate, std::uint64_t key,
            std::uint64_t sequence)
      : gate_{std::move(gate)}, key_{key}, sequence_{sequence} {}

  void answer(http_response x) override {
    gate_->push({key_, sequence_, std::move(x)});
  }

 private:
  std::shared_ptr<answer_gate> gate_;
  std::uint64_t key_;
  std::uint64_t sequence_;
};

// A connection with its socket. `pending` while Asio holds an operation, whose
// completion then frees the link.
struct link {
  link(tcp_socket s, http_worker_context& worker, std::uint64_t k)
      : socket{std::move(s)}, key{k}, connection{worker, socket.native_handle(),
                                                 k} {}

  tcp_socket socket;
  std::uint64_t key;
  bool pending = false;
  http_connection connection;
};

} // namespace

class http_worker::impl final : public http_worker_context {
 public:
  impl(const http_config& cfg, http_handler& served, std::size_t number,
       std::atomic<std::size_t>& open)
      : http_worker_context{cfg, served, number}, open_{open},
        gate_{std::make_shared<answer_gate>(
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
          take_ = std::move(take);
          listener_.assign(fd.release());
          accept_later();
        });
  }

  void stop_listening() {
    std::promise<void> closed;
    asio::post(io_, [this, &closed] {
      error_code ignored;
      listener_.close(ignored);
      accept_timer_.cancel();
      take_ = nullptr;
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
      end_if_drained();
    });
  }

  bool wait_until(std::chrono::steady_clock::time_point deadline) {
    return ended_.wait_until(deadline) == std::future_status::ready;
  }

  reply make_reply(std::uint64_t key, std::uint64_t sequence) override {
    return reply{std::make_unique<gate_sink>(gate_, key, sequence)};
  }

 private:
  void run() {
    sweep_later();
    io_.run();
    end_.set_value();
  }

  void accept_later() {
    listener_.async_wait(descriptor::wait_read, [this](error_code ec) {
      if (!ec)
        accept_all();
    });
  }

  void accept_all() {
    for (;;) {
      http_socket fd{::accept4(listener_.native_handle(), nullptr, nullptr,
                               SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (fd)
        take_(std::move(fd));
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        return accept_later();
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
               errno == ENOMEM)
        return accept_after_pause();
      // Anything else is the fault of that one connection.
    }
  }

  // Without a pause the connection that cannot be accepted spins the thread.
  void accept_after_pause() {
    accept_timer_.expires_after(accept_pause);
    accept_timer_.async_wait([this](error_code ec) {
      if (!ec)
        accept_all();
    });
  }

  void serve(http_socket fd) {
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
    probe.accepted.add();
    probe.open.add();
    add_link(std::move(socket));
  }

  void add_link(tcp_socket socket) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(links_.size()));
      links_.emplace_back();
    }
    const auto slot = free_.back();
    free_.pop_back();
    const auto key = (std::uint64_t{++generation_} << 32) | slot;
    links_[slot] = std::make_unique<link>(std::move(socket), *this, key);
    await(*links_[slot], http_connection::next::read);
  }

  void await(link& x, http_connection::next what) {
    switch (what) {
    case http_connection::next::read:
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
    x.pending = true;
    const auto room = x.connection.room();
    x.socket.async_read_some(asio::buffer(room.data(), room.size()),
                             [this, &x](error_code ec, std::size_t n) {
                               resume(x, ec,
                                      [n](auto& y) { return y.on_bytes(n); });
                             });
  }

  void wait_writable(link& x) {
    x.pending = true;
    x.socket.async_wait(tcp_socket::wait_write, [this, &x](error_code ec) {
      resume(x, ec, [](auto& y) { return y.on_writable(); });
    });
  }

  template <class Step>
  void resume(link& x, error_code ec, Step step) {
    x.pending = false;
    if (ec || !x.socket.is_open())
      close(x);
    else
      go_on(x, step);
  }

  // What a step throws, such as for want of memory, costs this connection and
  // not the process. Accepting one is not covered.
  template <class Step>
  void go_on(link& x, Step step) try {
    await(x, step(x.connection));
  } catch (const std::exception&) {
    probe.failures.add();
    close(x);
  }

  void close(link& x) {
    error_code ignored;
    x.socket.close(ignored);
    if (x.pending)
      return; // its aborted operation comes back and frees it
    --open_;
    probe.open.subtract();
    const auto slot = static_cast<std::uint32_t>(x.key);
    links_[slot].reset();
    free_.push_back(slot);
    end_if_drained();
  }

  void deliver() {
    for (auto& x : gate_->take())
      if (auto* to = find(x.key); to != nullptr && !to->pending)
        go_on(*to, [&](auto& y) {
          return y.on_answer(x.sequence, std::move(x.response));
        });
  }

  link* find(std::uint64_t key) {
    const auto slot = static_cast<std::uint32_t>(key);
    auto* x = slot < links_.size() ? links_[slot].get() : nullptr;
    return x != nullptr && x->key == key ? x : nullptr;
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
    for (auto& x : links_)
      if (x && x->socket.is_open() && x->connection.is_overdue())
        close(*x);
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
  timer accept_timer_{io_.get_executor()};
  descriptor listener_{io_.get_executor()};
  std::function<void(http_socket)> take_;
  std::shared_ptr<answer_gate> gate_;
  std::vector<std::unique_ptr<link>> links_;
  std::vector<std::uint32_t> free_;
  std::uint32_t generation_ = 0;
  bool ending_ = false;
  std::promise<void> end_;
  std::future<void> ended_ = end_.get_future();
  std::thread thread_;
};

http_worker::http_worker(const http_config& config, http_handler& handler,
                         std::size_t number, std::atomic<std::size_t>& open)
    : impl_{std::make_unique<impl>(config, handler, number, open)} {}

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
