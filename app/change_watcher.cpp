#include "app/change_watcher.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>

#include "app/client_stream.hpp"

namespace signalbox {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace urls = boost::urls;
using clock = std::chrono::steady_clock;

/// A line of the stream, or the body of a refusal, is never longer.
constexpr std::size_t max_text = 1024 * 1024;

/// A stream that is silent for this many heartbeats is dead.
constexpr int missed_heartbeats = 3;
constexpr std::chrono::milliseconds silence_before_hello{60'000};

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{15'000};

/// What ended one connection.
struct ending {
  std::optional<failure> refused; ///< by the server: no stream came
  std::string broke;              ///< why, if it was not refused
};

/// One watch: a connection after the other on one io_context.
class watcher {
 public:
  watcher(const api_client& server, const watch_order& what,
          const watch_callbacks& tell, server_address to)
      : server_{server}, what_{what}, tell_{tell}, to_{std::move(to)},
        since_{what.since} {}

  result<void> run() {
    signals_.async_wait([this](auto failed, int) {
      if (!failed)
        stop();
    });
    if (what_.time) {
      timer_.expires_after(*what_.time);
      timer_.async_wait([this](auto failed) {
        if (!failed)
          stop();
      });
    }
    while (!stopped_) {
      auto end = listen();
      if (stopped_)
        break;
      if (end.refused && !may_pass(*end.refused))
        return *end.refused;
      tell_.on_retry(end.refused ? end.refused->message : end.broke);
      pause();
    }
    return {};
  }

 private:
  static bool may_pass(const failure& x) {
    return x.code == errc::unavailable || x.code == errc::overloaded ||
           x.code == errc::not_yet;
  }

  void stop() {
    stopped_ = true;
    context_.stop();
  }

  /// Runs a step to its end, or until the watch is stopped.
  template <class Start>
  beast::error_code run_step(Start start) {
    std::optional<beast::error_code> out;
    start([&](beast::error_code e, auto&&...) { out = e; });
    while (!out && !stopped_)
      context_.run_one();
    return out.value_or(asio::error::operation_aborted);
  }

  void pause() {
    asio::steady_timer timer{context_, pause_};
    pause_ = std::min(pause_ * 2, longest_pause);
    (void)run_step([&](auto done) { timer.async_wait(done); });
  }

  std::string target() const {
    urls::url out{to_.prefix + "/v1/ledgers/" +
                  path_of({server_.config().ledger}) + "/subscribe"};
    if (what_.client_id)
      out.params().append({"client_id", *what_.client_id});
    if (what_.profile)
      out.params().append({"profile", *what_.profile});
    if (!since_.empty())
      out.params().append({"since_token", since_});
    return std::string{out.encoded_resource()};
  }

  http::request<http::empty_body> request() const {
    http::request<http::empty_body> out{http::verb::get, target(), 11};
    out.set(http::field::host, to_.authority);
    out.set(http::field::user_agent, "signalbox/" SIGNALBOX_VERSION);
    out.set(http::field::accept, "text/event-stream");
    if (!server_.config().token.empty())
      out.set(http::field::authorization, "Bearer " + server_.config().token);
    return out;
  }

  ending listen() {
    boost::system::error_code failed;
    const auto at = find_server(context_, to_, failed);
    if (failed)
      return {{}, failed.message()};
    client_stream stream{context_, to_, server_.config().ca_file};
    stream.socket().expires_after(server_.config().timeout);
    failed = run_step([&](auto done) { stream.async_open(at, done); });
    if (auto why = stream.distrust(server_.config().url); failed && why)
      return {std::move(why), {}};
    if (failed)
      return {{}, failed.message()};
    const auto asked = request();
    failed =
        run_step([&](auto done) { http::async_write(stream, asked, done); });
    if (failed)
      return {{}, failed.message()};
    return read(stream);
  }

  ending read(client_stream& stream) {
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    auto failed = run_step([&](auto done) {
      http::async_read_header(stream, buffer, parser, done);
    });
    if (failed)
      return {{}, failed.message()};
    if (parser.get().result() != http::status::ok)
      return read_refusal(stream, buffer, parser);
    sse_parser events;
    auto silence = silence_before_hello;
    for (;;) {
      auto& body = parser.get().body();
      events.feed(body);
      body.clear();
      if (!tell_all(events, silence))
        return {};
      if (events.pending() > max_text)
        return {{}, "a line of the stream has no end"};
      if (parser.is_done())
        return {{}, "the server ended the stream"};
      stream.socket().expires_after(silence);
      failed = run_step([&](auto done) {
        http::async_read_some(stream, buffer, parser, done);
      });
      if (failed)
        return {{}, failed.message()};
    }
  }

  ending read_refusal(client_stream& stream, beast::flat_buffer& buffer,
                      http::response_parser<http::string_body>& parser) {
    parser.body_limit(max_text);
    const auto failed = run_step(
        [&](auto done) { http::async_read(stream, buffer, parser, done); });
    if (failed)
      return {{}, failed.message()};
    api_answer answer{parser.get().result_int(), parser.get().body(), {}, {}};
    if (auto why = server_.failure_of(named_path(), answer))
      return {std::move(why), {}};
    return {failure{errc::unavailable, "the server sent no stream"}, {}};
  }

  /// What was asked for, so that a failure names it.
  std::string named_path() const {
    if (!what_.client_id)
      return "subscribe";
    return what_.profile ? path_of({"clients", *what_.client_id, "profiles",
                                    *what_.profile})
                         : path_of({"clients", *what_.client_id});
  }

  /// False if the watch is to end.
  bool tell_all(sse_parser& events, std::chrono::milliseconds& silence) {
    while (auto x = events.next()) {
      pause_ = first_pause;
      if (x->type == "hello")
        silence = silence_of(*x);
      if (!x->id.empty())
        since_ = x->id;
      if (!tell_.on_event(*x)) {
        stopped_ = true;
        return false;
      }
    }
    return true;
  }

  static std::chrono::milliseconds silence_of(const sse_event& hello) {
    auto data = parse_json(hello.data);
    auto* beat = data && data->is_object()
                     ? data->get_object().if_contains("heartbeat_ms")
                     : nullptr;
    if (beat == nullptr || !beat->is_int64() || beat->get_int64() < 1000)
      return silence_before_hello;
    return std::chrono::milliseconds{beat->get_int64()} * missed_heartbeats;
  }

  const api_client& server_;
  const watch_order& what_;
  const watch_callbacks& tell_;
  const server_address to_;
  std::string since_;
  std::chrono::milliseconds pause_ = first_pause;
  bool stopped_ = false;
  asio::io_context context_;
  asio::signal_set signals_{context_, SIGINT, SIGTERM};
  asio::steady_timer timer_{context_};
};

} // namespace

result<void> watch_changes(const api_client& server, const watch_order& what,
                           const watch_callbacks& tell) {
  auto to = parse_server_address(server.config().url);
  if (!to)
    return to.error();
  return watcher{server, what, tell, std::move(*to)}.run();
}

} // namespace signalbox
