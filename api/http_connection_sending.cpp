#include "api/http_connection.hpp"

#include <algorithm>

#include "api/defaults.hpp"

// The sending half of a connection.

namespace signalbox {

http_connection::next http_connection::on_writable() {
  if (const auto x = flush())
    return *x;
  return run();
}

http_connection::next http_connection::on_answer(std::uint64_t sequence,
                                                 http_response x) {
  if (state_ != state::waiting || sequence != sequence_)
    return next::wait_answer;
  if (const auto y = respond(std::move(x)))
    return *y;
  return run();
}

bool http_connection::is_overdue() {
  if (state_ == state::waiting || state_ == state::streaming ||
      worker_.now < deadline_)
    return false;
  const bool idle = is_idle();
  if (!idle && state_ != state::lingering)
    worker_.probe.timeouts.add();
  if ((state_ == state::head && !idle) || state_ == state::body) {
    // A courtesy: what the socket does not take at once is lost.
    if (state_ == state::head)
      note_broken_head();
    close_ = true;
    compose(problem_response(408, to_string(errc::bad_request),
                             "the request took too long to arrive"));
    std::size_t sent = 0;
    outbox_.send(transport_, sent);
    worker_.probe.bytes.add(sent);
  }
  return true;
}

http_connection::step http_connection::send_hot(const prepared_response& x) {
  worker_.probe.hot.add();
  outbox_.put(x.head());
  char id_field[32 + max_request_id_bytes];
  if (const auto id = worker_.head.request_id; !id.empty()) {
    constexpr std::string_view name = "X-Request-Id: ";
    auto* end = std::copy(name.begin(), name.end(), id_field);
    end = std::copy(id.begin(), id.end(), end);
    *end++ = '\r';
    *end++ = '\n';
    outbox_.put({id_field, static_cast<std::size_t>(end - id_field)});
  }
  outbox_.put(worker_.head_end(ending()));
  if (bare_ || x.body().empty())
    return flush();
  outbox_.put(x.body());
  return flush(&x);
}

http_connection::step http_connection::respond(http_response x) {
  close_ = close_ || worker_.draining;
  compose(std::move(x));
  return flush();
}

void http_connection::compose(http_response x) {
  if (!is_well_formed(x)) {
    worker_.probe.failures.add();
    x = problem_response(500, to_string(errc::bug), "a response was damaged");
  }
  response_ = std::move(x);
  response_head_ = stream_ ? stream_head_of(response_) : head_of(response_);
  response_head_.append("X-Request-Id: ").append(id_).append("\r\n");
  response_head_.append(worker_.head_end(ending()));
  outbox_.clear();
  outbox_.put(response_head_);
  const bool bodiless = response_.status == 204 || response_.status == 304;
  if (!bare_ && !bodiless)
    outbox_.put(body_of(response_));
}

http_connection::step http_connection::flush(const prepared_response* last) {
  std::size_t sent = 0;
  const auto outcome = outbox_.send(transport_, sent);
  worker_.probe.bytes.add(sent);
  taken_ += sent;
  switch (outcome) {
  case http_outbox::outcome::done:
    return finish_response();
  case http_outbox::outcome::broken:
    return next::close;
  case http_outbox::outcome::blocked:
    break;
  }
  // Owning costs locked instructions: only here, where the socket is full. A
  // composed response is the connection's already, a stream's piece too.
  if (state_ != state::writing && response_head_.empty() && !piece_)
    outbox_.persist(last ? last->shared_from_this() : nullptr);
  state_ = state::writing;
  expect_within(worker_.config.write_timeout);
  return may_wait_for_reader() ? next::wait_writable : next::close;
}

/// A reader that does not take an answer at once holds memory; together they
/// have a budget, and when it is spent the slowest go.
bool http_connection::may_wait_for_reader() {
  if (unsent_.is_held())
    return true;
  unsent_since_ = std::chrono::steady_clock::now();
  taken_ = 0;
  unsent_.take(worker_.budget, held_bytes());
  if (!worker_.budget.is_overdrawn())
    return true;
  worker_.make_room(key_);
  // The others' are on other threads, which look for themselves.
  if (!worker_.budget.is_overdrawn())
    return true;
  worker_.probe.slow_readers.add();
  return false;
}

/// What lies ready for everybody is not held for this reader.
std::size_t http_connection::held_bytes() const {
  return response_head_.size() + body_of(response_).size() + outbox_.copied() +
         (piece_ ? piece_->size() : 0);
}

std::optional<double>
http_connection::reading_speed(http_worker_context::time_point real_now) const {
  using seconds = std::chrono::duration<double>;
  if (!unsent_.is_held())
    return std::nullopt;
  const seconds time = std::max<std::chrono::nanoseconds>(
      real_now - unsent_since_, reader_grace);
  return (static_cast<double>(taken_) + reader_credit) / time.count();
}

http_connection::step http_connection::finish_response() {
  unsent_.give_back();
  if (after_ == after_write::body) {
    after_ = after_write::next_request;
    state_ = state::body;
    expect_within(worker_.config.body_timeout);
    return {};
  }
  if (!response_head_.empty()) {
    response_ = {};
    response_head_.clear();
  }
  if (after_ == after_write::stream)
    return go_on_streaming();
  if (close_)
    return close_or_linger();
  head_begun_ = false;
  state_ = state::head;
  expect_within(worker_.config.idle_timeout);
  return {};
}

http_connection::step http_connection::close_or_linger() {
  if (!unread_ && begin_ == end_)
    return next::close;
  // Closing over unread input resets the connection, and a reset destroys
  // what the client has not read yet.
  transport_.end_output();
  begin_ = end_;
  state_ = state::lingering;
  expect_within(linger_timeout);
  return next::read;
}

http_worker_context::ending http_connection::ending() const {
  using enum http_worker_context::ending;
  return close_ ? close : http_1_0_ ? keep_alive : plain;
}

} // namespace signalbox
