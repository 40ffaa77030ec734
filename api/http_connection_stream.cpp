#include "api/http_connection.hpp"

// Answers that go on: a stream's pieces, one after another, each sent from
// where it lies.

namespace signalbox {

namespace {

/// A client has nothing to say while it listens; who talks on is cut.
constexpr std::size_t max_heard_bytes = 64 * 1024;

} // namespace

http_connection::next
http_connection::on_stream(std::uint64_t sequence, http_response head,
                           std::unique_ptr<http_stream> body) {
  if (state_ != state::waiting || sequence != sequence_)
    return next::wait_answer;
  stream_ = std::move(body);
  close_ = true;
  compose(std::move(head));
  if (bare_) {
    stream_.reset();
  } else {
    after_ = after_write::stream;
    release_input();
    stream_->open(worker_.make_waker(key_));
  }
  if (const auto x = flush())
    return *x;
  return run();
}

/// An idle listener costs little: what comes in goes to the worker's scratch.
void http_connection::release_input() {
  begin_ = end_ = 0;
  std::vector<char>{}.swap(buffer_);
}

http_connection::next http_connection::on_ready() {
  return state_ == state::streaming ? run() : next::wait_answer;
}

http_connection::next http_connection::on_drain() {
  if (state_ == state::writing)
    return next::close; // it would not take the last words either
  return run();
}

bool http_connection::is_silent() const {
  return state_ == state::streaming && worker_.now >= deadline_;
}

http_connection::next http_connection::on_silence() {
  if (auto x = stream_->beat(); x.bytes) {
    if (const auto y = send_piece(std::move(x)))
      return *y;
  } else {
    expect_within(stream_->silence());
  }
  return run();
}

http_connection::next http_connection::on_chatter(std::size_t n) {
  heard_ += n;
  return heard_ > max_heard_bytes ? next::close : next::listen;
}

http_connection::step http_connection::pump() {
  auto x = worker_.draining ? http_stream::piece{stream_->farewell(), true}
                            : stream_->next();
  if (x.bytes)
    return send_piece(std::move(x));
  return x.last ? next::close : next::listen;
}

http_connection::step http_connection::send_piece(http_stream::piece x) {
  last_piece_ = x.last;
  piece_ = std::move(x.bytes);
  outbox_.put(*piece_);
  return flush();
}

http_connection::step http_connection::go_on_streaming() {
  piece_.reset();
  std::string{}.swap(response_head_);
  state_ = state::streaming;
  if (last_piece_)
    return close_or_linger();
  expect_within(stream_->silence());
  return {};
}

} // namespace signalbox
