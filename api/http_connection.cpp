#include "api/http_connection.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

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

} // namespace

http_connection::http_connection(http_worker_context& worker,
                                 http_transport& transport, std::uint64_t key,
                                 std::string peer)
    : worker_{worker}, transport_{transport}, key_{key}, peer_{
                                                             std::move(peer)} {
  expect_within(worker_.config.header_timeout);
}

std::span<char> http_connection::room() {
  if (is_streaming())
    return worker_.scratch;
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
  if (is_streaming())
    return on_chatter(n);
  end_ += n;
  if (state_ == state::lingering) {
    begin_ = end_;
    return next::read;
  }
  return run();
}

bool http_connection::is_idle() const {
  return state_ == state::head && begin_ == end_;
}

http_connection::next http_connection::run() {
  for (;;) {
    const auto x = state_ == state::head   ? read_head()
                   : state_ == state::body ? read_body()
                                           : pump();
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
  head.peer = peer_;
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
  request_->worker = worker_.worker;
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

std::string_view http_connection::input() const {
  return {buffer_.data() + begin_, end_ - begin_};
}

// The clock is as old as the last sweep, so one interval is added.
void http_connection::expect_within(std::chrono::milliseconds limit) {
  deadline_ = worker_.now + limit + worker_.config.sweep_interval;
}

} // namespace signalbox
