#include "api/http_handler.hpp"

#include <cassert>

namespace signalbox {

reply::~reply() {
  if (sink_)
    sink_->answer(problem_response(503, to_string(errc::unavailable),
                                   "the request was dropped unanswered"));
}

void reply::operator()(http_response x) {
  assert(sink_ && "a request is answered once");
  const auto sink = std::exchange(sink_, nullptr);
  sink->answer(std::move(x));
}

void reply::stream(http_response head, std::unique_ptr<http_stream> body) {
  assert(sink_ && "a request is answered once");
  const auto sink = std::exchange(sink_, nullptr);
  sink->stream(std::move(head), std::move(body));
}

} // namespace signalbox
