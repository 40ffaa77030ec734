#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_handler.hpp"
#include "api/http_outbox.hpp"
#include "api/http_parser.hpp"
#include "api/http_probe.hpp"
#include "api/http_server.hpp"

namespace signalbox {

/// What one worker's connections share. Used on the worker's thread alone.
class http_worker_context {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class ending { plain, close, keep_alive };

  http_worker_context(const http_config& cfg, http_handler& served,
                      std::size_t number);
  virtual ~http_worker_context() = default;

  /// The answer to request `sequence` of connection `key`.
  virtual reply make_reply(std::uint64_t key, std::uint64_t sequence) = 0;

  /// The end of a response head: Date, Connection, blank line. Valid until
  /// the next call; the text changes once a second.
  std::string_view head_end(ending x);

  /// 16 hex digits, not guessable enough for a secret, unique enough for logs.
  std::string make_request_id();

  const http_config& config;
  http_handler& handler;
  const std::size_t worker;
  http_probe probe;
  request_head head; ///< of the request being dispatched
  time_point now;    ///< as of the last sweep
  bool draining = false;

 private:
  std::time_t date_of_ = 0;
  std::string ends_[3];
  std::uint64_t random_;
};

/// The protocol of one connection: which bytes come in, what goes out, what
/// the worker has to wait for next. Runs on its worker's thread; knows no
/// event loop, so that reading, writing and closing stay in one place there.
class http_connection {
 public:
  enum class next { read, wait_writable, wait_answer, close };

  http_connection(http_worker_context& worker, int socket, std::uint64_t key);

  /// Where the next bytes belong. Never empty.
  std::span<char> room();

  /// `n` bytes came into room().
  next on_bytes(std::size_t n);

  next on_writable();

  /// Late answers to earlier requests are dropped: `wait_answer`.
  next on_answer(std::uint64_t sequence, http_response x);

  /// Whether it is to be closed now. Sends 408 where a request was begun.
  bool is_overdue();

  /// Whether it waits for the first byte of a request.
  bool is_idle() const;

 private:
  enum class state { head, body, waiting, writing, lingering };
  enum class after_write { next_request, body };
  using step = std::optional<next>; // none: go on with the next state

  next run();
  step read_head();
  step read_body();
  step await_rest_of_head(std::string_view input);
  step dispatch();
  step take(admission said);
  step hand_over();
  step send_hot(const prepared_response& x);
  step respond(http_response x);
  step reject(const parse_failure& why);
  step refuse_unread(http_response x);
  /// `last` owns the last piece of the outbox, if not null.
  step flush(const prepared_response* last = nullptr);
  step finish_response();
  step close_or_linger();

  void note_request();
  void note_broken_head();
  void compose(http_response x);
  http_worker_context::ending ending() const;
  std::string_view input() const;
  void expect_within(std::chrono::milliseconds limit);

  http_worker_context& worker_;
  const int socket_;
  const std::uint64_t key_;
  std::uint64_t sequence_ = 0;
  state state_ = state::head;
  after_write after_ = after_write::next_request;
  http_worker_context::time_point deadline_;

  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0; // of the head: holds no end of it

  // Of the current request.
  bool head_begun_ = false;
  bool bare_ = false; // HEAD: the body is left out
  bool http_1_0_ = false;
  bool close_ = false;
  bool unread_ = false; // closing with input that nobody will read
  std::size_t body_limit_ = 0;
  std::optional<http_request> request_;
  std::string id_;

  http_parser parser_;
  http_outbox outbox_;
  http_response response_;
  std::string response_head_;
};

} // namespace signalbox
