#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_outbox.hpp"
#include "api/http_parser.hpp"
#include "api/http_stream.hpp"
#include "api/http_transport.hpp"
#include "api/http_worker_context.hpp"

namespace signalbox {

/// The protocol of one connection: which bytes come in, what goes out, what
/// the worker has to wait for next. Runs on its worker's thread; knows no
/// event loop, so that reading, writing and closing stay in one place there.
class http_connection {
 public:
  /// `listen` is `read` while a stream goes out; `wait_answer` is nothing new.
  enum class next { read, listen, wait_writable, wait_answer, close };

  http_connection(http_worker_context& worker, http_transport& transport,
                  std::uint64_t key, std::string peer);

  /// Where the next bytes belong. Never empty.
  std::span<char> room();

  /// `n` bytes came into room().
  next on_bytes(std::size_t n);

  next on_writable();

  /// Late answers to earlier requests are dropped: `wait_answer`.
  next on_answer(std::uint64_t sequence, http_response x);
  next on_stream(std::uint64_t sequence, http_response head,
                 std::unique_ptr<http_stream> body);

  bool is_streaming() const { return stream_ != nullptr; }

  /// The stream may have more.
  next on_ready();

  /// Whether a stream has sent nothing for as long as it may.
  bool is_silent() const;
  next on_silence();

  /// Ends a stream, while the worker is draining.
  next on_drain();

  /// Whether it is to be closed now. Sends 408 where a request was begun.
  bool is_overdue();

  /// Whether it waits for the first byte of a request.
  bool is_idle() const;

  /// How quickly its reader takes what waits for it, in bytes a second; none
  /// if nothing counts against the send budget.
  std::optional<double>
  reading_speed(http_worker_context::time_point real_now) const;

  /// What waits will not be sent: the budget has it back.
  void give_up_sending() { unsent_.give_back(); }

 private:
  enum class state { head, body, waiting, writing, streaming, lingering };
  enum class after_write { next_request, body, stream };
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
  bool may_wait_for_reader();
  std::size_t held_bytes() const;
  step finish_response();
  step close_or_linger();

  next on_chatter(std::size_t n);
  step pump();
  step send_piece(http_stream::piece x);
  step go_on_streaming();
  void release_input();

  void note_request();
  void note_broken_head();
  void compose(http_response x);
  http_worker_context::ending ending() const;
  std::string_view input() const;
  void expect_within(std::chrono::milliseconds limit);

  http_worker_context& worker_;
  http_transport& transport_;
  const std::uint64_t key_;
  const std::string peer_;
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
  http_send_budget::share unsent_;
  http_worker_context::time_point unsent_since_;
  std::size_t taken_ = 0; // by the reader since then
  http_response response_;
  std::string response_head_;

  std::unique_ptr<http_stream> stream_;
  std::shared_ptr<const std::string> piece_; // in the outbox
  bool last_piece_ = false;
  std::size_t heard_ = 0;
};

} // namespace signalbox
