#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/http_socket.hpp"

namespace signalbox {

/// Accepts connections on an io_context and hands each to a function there.
/// Only for .cpp files: the header is heavy. All members on that thread.
class http_acceptor {
 public:
  explicit http_acceptor(boost::asio::io_context& io)
      : listener_{io.get_executor()}, timer_{io.get_executor()} {}

  /// `take` may throw: that costs the one connection.
  void open(http_socket socket, std::function<void(http_socket)> take);

  void close();

 private:
  using executor = boost::asio::io_context::executor_type;

  void accept_later();
  void accept_all();
  void accept_after_pause();
  void hand_over(http_socket x);

  boost::asio::posix::basic_stream_descriptor<executor> listener_;
  boost::asio::basic_waitable_timer<
      std::chrono::steady_clock,
      boost::asio::wait_traits<std::chrono::steady_clock>, executor>
      timer_;
  std::function<void(http_socket)> take_;
};

} // namespace signalbox
