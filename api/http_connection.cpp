#include "api/http_connection.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <random>

#include <sys/socket.h>

#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

constexpr std::string_view head_terminator = "\r\n\r\n";

http_response too_large_response() {
  return problem_response(413, to_string(errc::too_large),
                          "the body is larger than this request may have");
}

std::string_view code_of(unsigned status) {
  return to_string(status == 413 || status == 414 || status == 431
                       ? errc::too_large
                       : errc::bad_request);
}

bool expects_continue(std::string_view expect) {
  constexpr std::string_view wanted = "100-continue";
  return expect.size() == wanted.size() &&
         std::equal(expect.begin(), expect.end(), wanted.begin(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

} // namespace

http_worker_context::http_worker_context(const http_config& cfg,
                                         http_handler& served,
                                         std::size_t number)
    : config{cfg}, handler{served}, worker{number},
      now{std::chrono::steady_clock::now()}, random_{random_seed()} {}

std::string_view http_worker_context::head_end(ending x) {
  const auto second = std::time(nullptr);
  if (second != date_of_) {
    date_of_ = second;
    std::tm utc{};
    gmtime_r(&second, &utc);
    char text[64];
    const auto n = std::strftime(text, sizeof text,
                                 "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    const std::string date{text, n};
    ends_[0] = date + "\r\n";
    ends_[1] = date + "Connection: close\r\n\r\n";
    ends_[2] = date + "Connection: keep-alive\r\n\r\n";
  }
  return ends_[static_cast<std::size_t>(x)];
}

// splitmix64: ids must differ, not resist.
std::string http_worker_context::make_request_id() {
  auto x = random_ += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  std::string text(16, '0');
  for (auto& c : text) {
    c = "0123456789abcdef"[x & 15];
    x >>= 4;
  }
  return text;
}

http_connection::http_connection(http_worker_context& worker, int socket,
                                 std::uint64_t key)
    : worker_{worker}, socket_{socket}, key_{key} {
  expect_within(worker_.config.header_timeout);
}

std::span<char> http_connection::room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size() || state_ == state::body)
    buffer_.resize(
        buffer_.empty() && state_ == state::head
            ? std::min(first_buffer_bytes, worker_.config.header_limit)
            : worker_.config.header_limit);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

http_connection::next http_connection::on_bytes(std::size_t n) {
  end_ += n;
  if (state_ == state::lingering) {
    begin_ = end_;
    return next::read;
  }
  return run();
}

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
  if (state_ == state::waiting || worker_.now < deadline_)
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
    outbox_.send(socket_, sent);
    worker_.probe.bytes.add(sent);
  }
  return true;
}

bool http_connection::is_idle() const {
  return state_ == state::head && begin_ == end_;
}

http_connection::next http_connection::run() {
  for (;;) {
    const auto x = state_ == state::head ? read_head() : read_body();
    if (x)
      return *x;
  }
}

http_connection::step http_connection::read_head() {
  // Empty lines before a request are left-overs of the last one's body
  // (RFC 9112 section 2.2).
  while (begin_ < end_ && !head_begun_ &&
         (buffer_[begin_] == '\r' || buffer_[begin_] == '\n'))
    ++begin_;
  const auto text = input();
  if (text.empty())
    return worker_.draining ? next::close : next::read;
  const auto from = scanned_ < 3 ? 0 : scanned_ - 3;
  const auto at = text.find(head_terminator, from);
  if (at == text.npos ||
      at + head_terminator.size() > worker_.config.header_limit)
    return await_rest_of_head(text);
  scanned_ = 0;
  worker_.probe.requests.add();
  const auto head = text.substr(0, at + head_terminator.size());
  begin_ += head.size();
  if (parser_.parse_head(head, worker_.config.target_limit, worker_.head) ==
      http_parser::step::failed)
    return reject(parser_.why());
  return dispatch();
}

http_connection::step
http_connection::await_rest_of_head(std::string_view text) {
  if (text.size() >= worker_.config.header_limit) {
    if (text.find("\r\n") == text.npos)
      return reject({414, "the request target is too long"});
    return reject({431, "the request head is too large"});
  }
  scanned_ = text.size();
  if (!head_begun_) { // later bytes do not gain time
    head_begun_ = true;
    expect_within(worker_.config.header_timeout);
  }
  return next::read;
}

http_connection::step http_connection::dispatch() try {
  auto& head = worker_.head;
  head.socket = socket_;
  bare_ = head.method == http_method::head;
  http_1_0_ = head.version == 10;
  close_ = !head.keep_alive || worker_.draining;
  if (!head.has_body() && (head.method == http_method::get || bare_))
    if (const auto* x = worker_.handler.hot(worker_.worker, head))
      return send_hot(*x);
  note_request();
  auto said = worker_.handler.admit(head);
  if (said.refused)
    return refuse_unread(std::move(*said.refused));
  return take(std::move(said));
} catch (const std::exception&) {
  worker_.probe.failures.add();
  note_request();
  return refuse_unread(problem_response(500, to_string(errc::bug),
                                        "the request could not be handled"));
}

void http_connection::note_request() {
  // Events keep it for ever, so what looks like a secret is not taken over.
  const auto& sent = worker_.head.request_id;
  const bool taken = !sent.empty() && scan_text(sent, "").empty();
  id_ = taken ? std::string{sent} : worker_.make_request_id();
}

void http_connection::note_broken_head() {
  id_ = worker_.make_request_id();
  bare_ = http_1_0_ = false;
}

http_connection::step http_connection::take(admission said) {
  const auto& head = worker_.head;
  if (head.content_length.value_or(0) > said.body_limit)
    return refuse_unread(too_large_response());
  const bool asks = expects_continue(head.expect) && !http_1_0_;
  if (!head.expect.empty() && !asks && !http_1_0_)
    return refuse_unread(
        problem_response(417, to_string(errc::bad_request),
                         "the only known expectation is 100-continue"));
  request_.emplace(head, id_);
  request_->note = std::move(said.note);
  if (!head.has_body())
    return hand_over();
  body_limit_ = said.body_limit;
  request_->body.reserve(std::min<std::size_t>(head.content_length.value_or(0),
                                               body_reserve_limit));
  state_ = state::body;
  expect_within(worker_.config.body_timeout);
  if (!asks || begin_ < end_)
    return {};
  after_ = after_write::body;
  outbox_.put("HTTP/1.1 100 Continue\r\n\r\n");
  return flush();
}

http_connection::step http_connection::read_body() {
  auto rest = input();
  const auto x = parser_.parse_body(rest, body_limit_, request_->body);
  begin_ = end_ - rest.size();
  switch (x) {
  case http_parser::step::done:
    return hand_over();
  case http_parser::step::failed:
    return reject(parser_.why());
  case http_parser::step::need_more:
    if (rest.size() >= worker_.config.header_limit)
      return reject({400, "a chunk header is too large"});
    return next::read;
  }
  return next::close;
}

http_connection::step http_connection::hand_over() {
  state_ = state::waiting;
  ++sequence_;
  auto request = std::move(*request_);
  request_.reset();
  try {
    worker_.handler.handle(std::move(request),
                           worker_.make_reply(key_, sequence_));
  } catch (const std::exception&) {
    worker_.probe.failures.add(); // its reply, dropped, has answered 503
  }
  return next::wait_answer;
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
  response_head_ = head_of(response_);
  response_head_.append("X-Request-Id: ").append(id_).append("\r\n");
  response_head_.append(worker_.head_end(ending()));
  outbox_.clear();
  outbox_.put(response_head_);
  const bool bodiless = response_.status == 204 || response_.status == 304;
  if (!bare_ && !bodiless)
    outbox_.put(body_of(response_));
}

http_connection::step http_connection::reject(const parse_failure& why) {
  worker_.probe.malformed.add();
  if (state_ == state::head)
    note_broken_head();
  request_.reset();
  close_ = unread_ = true;
  return respond(problem_response(why.status, code_of(why.status), why.detail));
}

http_connection::step http_connection::refuse_unread(http_response x) {
  if (worker_.head.has_body())
    close_ = unread_ = true;
  return respond(std::move(x));
}

http_connection::step http_connection::flush(const prepared_response* last) {
  std::size_t sent = 0;
  const auto outcome = outbox_.send(socket_, sent);
  worker_.probe.bytes.add(sent);
  switch (outcome) {
  case http_outbox::outcome::done:
    return finish_response();
  case http_outbox::outcome::broken:
    return next::close;
  case http_outbox::outcome::blocked:
    break;
  }
  // Owning costs locked instructions: only here, where the socket is full. A
  // composed response is the connection's already.
  if (state_ != state::writing && response_head_.empty())
    outbox_.persist(last ? last->shared_from_this() : nullptr);
  state_ = state::writing;
  expect_within(worker_.config.write_timeout);
  return next::wait_writable;
}

http_connection::step http_connection::finish_response() {
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
  ::shutdown(socket_, SHUT_WR);
  begin_ = end_;
  state_ = state::lingering;
  expect_within(linger_timeout);
  return next::read;
}

http_worker_context::ending http_connection::ending() const {
  using enum http_worker_context::ending;
  return close_ ? close : http_1_0_ ? keep_alive : plain;
}

std::string_view http_connection::input() const {
  return {buffer_.data() + begin_, end_ - begin_};
}

// The clock is as old as the last sweep, so one interval is added.
void http_connection::expect_within(std::chrono::milliseconds limit) {
  deadline_ = worker_.now + limit + worker_.config.sweep_interval;
}

} // namespace signalbox
