#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace signalbox {

/// The body of an answer that goes on: what it has to say, piece by piece. The
/// connection asks for the next piece when the socket has taken the one before,
/// so a slow reader holds one piece and not a queue. Owned by its connection;
/// all members run on that worker's thread, but the destructor on any if the
/// stream was never opened.
class http_stream {
 public:
  struct piece {
    std::shared_ptr<const std::string> bytes = nullptr; ///< null: none for now
    bool last = false; ///< the connection closes after it
  };

  /// Has `next` asked again. On the worker's thread, not from within a member;
  /// the connection, and with it the stream, may be gone when it returns.
  using waker = std::function<void()>;

  virtual ~http_stream() = default;

  /// Called first, once the client is known to be there.
  virtual void open(waker wake) = 0;

  virtual piece next() = 0;

  /// What is sent when nothing was for `silence`.
  virtual piece beat() = 0;

  /// How long nothing may be sent; asked anew after each piece.
  virtual std::chrono::milliseconds silence() = 0;

  /// The last words of a stream that the stopping server ends.
  virtual std::shared_ptr<const std::string> farewell() = 0;
};

/// Runs tasks on one worker's thread, in order, from any thread. Those that
/// come when the worker has ended are dropped; one that throws is counted as a
/// failure of the handler.
class http_lane {
 public:
  virtual ~http_lane() = default;
  virtual void run(std::function<void()> task) = 0;
};

} // namespace signalbox
