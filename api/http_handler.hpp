#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "api/http_message.hpp"
#include "api/http_stream.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// Where the one answer to a request goes. Tests of handlers implement it too.
class reply_sink {
 public:
  virtual ~reply_sink() = default;

  /// Any thread; one of the two is called, once.
  virtual void answer(http_response x) = 0;

  /// The head of a response, and what its body goes on with until one side
  /// ends it. The connection is closed after it.
  virtual void stream(http_response head,
                      std::unique_ptr<http_stream> body) = 0;
};

/// The duty to answer one request, from any thread and exactly once. Whoever
/// drops it unanswered answers 503, so that no client waits for ever.
class reply {
 public:
  explicit reply(std::unique_ptr<reply_sink> sink) : sink_{std::move(sink)} {}
  reply(reply&&) noexcept = default;
  reply& operator=(reply&&) = delete;
  ~reply();

  /// Precondition: neither moved from nor used before.
  void operator()(http_response x);

  /// Answers with a stream instead. Precondition: the same.
  void stream(http_response head, std::unique_ptr<http_stream> body);

 private:
  std::unique_ptr<reply_sink> sink_;
};

/// What a handler says to the head of a request.
struct admission {
  /// The answer to a request that is not admitted (authentication, permission,
  /// path): its body is not read.
  std::optional<http_response> refused = {};
  std::size_t body_limit = 0; ///< the most bytes that this body may have
  std::unique_ptr<request_note> note = {}; ///< comes back with the request
};

/// What the server serves. All functions run on the worker threads, several at
/// a time, and must never block. An exception in `hot` or `admit` is answered
/// with 500; one in `handle` drops its reply, which is a 503.
class http_handler {
 public:
  virtual ~http_handler() = default;

  /// Called for each worker before it serves: the way to its thread, which
  /// may be kept and used as long as one likes.
  virtual void join(std::size_t /*worker*/,
                    std::shared_ptr<http_lane> /*lane*/) {}

  /// Called when the server begins to stop, on the thread that stops it: what
  /// is held back should be answered now.
  virtual void drain() {}

  /// Asked first for each GET and HEAD request without a body: a response that
  /// lies ready (the handler compares If-None-Match itself and returns the
  /// bytes of a 304), or null to go on with `admit`. The pointer must be owned
  /// by a shared_ptr and stay valid until the next call for the same worker;
  /// `worker` counts from 0, so each can keep its own pointer to a view.
  virtual const prepared_response* hot(std::size_t worker,
                                       const request_head& head) = 0;

  /// Asked before a body is read.
  virtual admission admit(const request_head& head) = 0;

  /// Takes an admitted request with its whole body.
  virtual void handle(http_request request, reply answer) = 0;
};

} // namespace signalbox
