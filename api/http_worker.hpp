#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "api/http_send_budget.hpp"
#include "api/http_server.hpp"
#include "api/http_socket.hpp"

namespace signalbox {

/// One thread with its io_context and its connections. All functions are for
/// the thread that owns the server, `adopt` and `counts` for any.
class http_worker {
 public:
  /// `open` counts the connections of all workers; `budget` is theirs too.
  http_worker(const http_config& config, http_handler& handler,
              std::size_t number, std::atomic<std::size_t>& open,
              http_send_budget& budget);
  ~http_worker(); ///< cuts what is left

  void start();

  /// Accepts on `socket` and hands each connection to `take`, on this thread.
  void listen(http_socket socket, std::function<void(http_socket)> take);

  /// Closes the listening socket; returns when `take` runs no more.
  void stop_listening();

  /// Serves this connection, which `open` counts already.
  void adopt(http_socket socket);

  /// Closes idle connections; the thread ends with the last busy one.
  void drain();

  /// Waits for that; false if it did not happen in time.
  bool wait_until(std::chrono::steady_clock::time_point deadline);

  /// Closes what is left and returns when the thread has ended. Idempotent.
  void cut();

  /// Counts a connection that was not adopted. On the listening thread.
  void note_refused();

  void add_counts_to(http_counts& sum) const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
