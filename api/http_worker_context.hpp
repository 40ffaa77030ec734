#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "api/http_handler.hpp"
#include "api/http_probe.hpp"
#include "api/http_send_budget.hpp"
#include "api/http_server.hpp"

namespace signalbox {

/// What one worker's connections share. Used on the worker's thread alone.
class http_worker_context {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class ending { plain, close, keep_alive };

  http_worker_context(const http_config& cfg, http_handler& served,
                      std::size_t number, http_send_budget& all);
  virtual ~http_worker_context() = default;

  /// The answer to request `sequence` of connection `key`.
  virtual reply make_reply(std::uint64_t key, std::uint64_t sequence) = 0;

  /// Makes connection `key` look whether its stream has more.
  virtual http_stream::waker make_waker(std::uint64_t key) = 0;

  /// Ends the slowest readers but connection `key` until the budget is no
  /// longer tight, or none is left.
  virtual void make_room(std::uint64_t key) = 0;

  /// The end of a response head: Date, Connection, blank line. Valid until
  /// the next call; the text changes once a second.
  std::string_view head_end(ending x);

  /// 16 hex digits, not guessable enough for a secret, unique enough for logs.
  std::string make_request_id();

  const http_config& config;
  http_handler& handler;
  const std::size_t worker;
  http_send_budget& budget; ///< of all workers
  http_probe probe;
  request_head head; ///< of the request being dispatched
  time_point now;    ///< as of the last sweep
  /// Where all connections read what nobody looks at.
  std::array<char, 1024> scratch;
  bool draining = false;

 private:
  std::time_t date_of_ = 0;
  std::string ends_[3];
  std::uint64_t random_;
};

} // namespace signalbox
