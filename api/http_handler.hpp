#pragma once

#include <cstddef>
#include <memory>

#include "api/http_message.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// Where the one answer to a request goes. Tests of handlers implement it too.
class reply_sink {
 public:
  virtual ~reply_sink() = default;

  /// Any thread; called once. (A streamed answer becomes a second function
  /// here, which hands out a cursor in place of a finished body.)
  virtual void answer(http_response x) = 0;
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

 private:
  std::unique_ptr<reply_sink> sink_;
};

/// What the server serves. All functions run on the worker threads, several at
/// a time, and must never block. An exception is answered with 500.
class http_handler {
 public:
  virtual ~http_handler() = default;

  /// Asked first for each GET and HEAD request without a body: a response that
  /// lies ready (the handler compares If-None-Match itself and returns the
  /// bytes of a 304), or null to go on with `admit`. The pointer must be owned
  /// by a shared_ptr and stay valid until the next call for the same worker;
  /// `worker` counts from 0, so each can keep its own pointer to a view.
  virtual const prepared_response* hot(std::size_t worker,
                                       const request_head& head) = 0;

  /// Asked before a body is read: the most bytes that this body may have, or
  /// why the request is refused (authentication, permission, rate).
  virtual result<std::size_t> admit(const request_head& head) = 0;

  /// Turns the failure of `admit` into the response.
  virtual http_response refusal(const failure& why,
                                const request_head& head) = 0;

  /// Takes an admitted request with its whole body.
  virtual void handle(http_request request, reply answer) = 0;
};

} // namespace signalbox
