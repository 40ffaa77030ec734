#include "api/http_server.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <stdexcept>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/api/http_client.hpp"

namespace signalbox {

namespace {

using namespace std::chrono_literals;
using test::field;
using test::http_client;

/// What a test has a stream say, and what became of it. The queue is the
/// worker's; the test reaches it through the lane.
struct script {
  std::deque<http_stream::piece> pieces;
  http_stream::waker wake;
  std::chrono::milliseconds silence{10000};
  std::atomic<int> asked{0};
  std::atomic<bool> opened{false};
  std::atomic<bool> gone{false};
};

http_stream::piece say(std::string x, bool last = false) {
  return {std::make_shared<const std::string>(std::move(x)), last};
}

class scripted_stream final : public http_stream {
 public:
  explicit scripted_stream(std::shared_ptr<script> x) : script_{std::move(x)} {}
  ~scripted_stream() override {
    script_->wake = nullptr;
    script_->gone = true;
  }

  void open(waker wake) override {
    script_->wake = std::move(wake);
    script_->opened = true;
  }
  piece next() override {
    ++script_->asked;
    if (script_->pieces.empty())
      return {};
    auto x = std::move(script_->pieces.front());
    script_->pieces.pop_front();
    return x;
  }
  piece beat() override { return say("beat\n"); }
  std::chrono::milliseconds silence() override { return script_->silence; }
  std::shared_ptr<const std::string> farewell() override {
    return say("farewell\n").bytes;
  }

 private:
  std::shared_ptr<script> script_;
};

class stream_handler final : public http_handler {
 public:
  void join(std::size_t, std::shared_ptr<http_lane> x) override { lane = x; }
  const prepared_response* hot(std::size_t, const request_head&) override {
    return nullptr;
  }
  admission admit(const request_head&) override { return {}; }
  void handle(http_request x, reply answer) override {
    if (x.head().path() == "/peer")
      return answer({.body = std::string{x.head().peer}});
    answer.stream({.content_type = "text/event-stream"},
                  std::make_unique<scripted_stream>(played));
  }

  std::shared_ptr<http_lane> lane;
  std::shared_ptr<script> played = std::make_shared<script>();
};

struct fixture {
  explicit fixture(std::chrono::milliseconds write_timeout = 10s) {
    config.sweep_interval = 20ms;
    config.write_timeout = write_timeout;
    config.drain_timeout = 5s;
    server = std::make_unique<http_server>(config, handler);
    const auto started = server->start();
    BOOST_REQUIRE_MESSAGE(started, started.error().message);
  }

  static bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds())
      if (std::chrono::steady_clock::now() > end)
        return false;
      else
        std::this_thread::yield();
    return true;
  }

  // Has the stream say this; on the worker's thread, as a hub would.
  void tell(http_stream::piece x) {
    handler->lane->run([y = played(), x] {
      y->pieces.push_back(x);
      if (const auto wake = y->wake)
        wake();
    });
  }

  std::shared_ptr<script> played() const { return handler->played; }

  http_config config;
  std::shared_ptr<stream_handler> handler = std::make_shared<stream_handler>();
  std::unique_ptr<http_server> server;
};

const std::string request = "GET /stream HTTP/1.1\r\nHost: test\r\n\r\n";

struct hasty_fixture : fixture {
  hasty_fixture() : fixture{200ms} {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(http_streams)

BOOST_FIXTURE_TEST_CASE(pieces_arrive_as_they_are_said_fr10, fixture) {
  http_client client{server->port()};
  client.send(request);
  const auto head = client.read_head();
  BOOST_TEST(head.find("HTTP/1.1 200 OK\r\n") == 0u);
  BOOST_TEST(head.find("Content-Type: text/event-stream\r\n") != head.npos);
  BOOST_TEST(head.find("Connection: close\r\n") != head.npos);
  BOOST_TEST(head.find("Content-Length") == head.npos);
  BOOST_TEST(head.find("X-Request-Id: ") != head.npos);
  for (const auto* word : {"one\n", "two\n"}) {
    tell(say(word));
    BOOST_TEST(client.read_line() == word);
  }
  tell(say("end\n", true));
  BOOST_TEST(client.read_line() == "end\n");
  BOOST_TEST(client.is_closed());
  BOOST_TEST(eventually([&] { return server->counts().open == 0; }));
  BOOST_TEST(played()->gone.load());
}

BOOST_FIXTURE_TEST_CASE(a_silent_stream_beats_fr10, fixture) {
  played()->silence = 10ms;
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  BOOST_TEST(client.read_line() == "beat\n");
  BOOST_TEST(client.read_line() == "beat\n");
}

BOOST_FIXTURE_TEST_CASE(a_stream_ends_when_its_client_is_gone, fixture) {
  {
    http_client client{server->port()};
    client.send(request);
    client.read_head();
  }
  BOOST_TEST(eventually([&] { return played()->gone.load(); }));
  BOOST_TEST(eventually([&] { return server->counts().open == 0; }));
}

BOOST_FIXTURE_TEST_CASE(a_head_request_opens_no_stream, fixture) {
  http_client client{server->port()};
  client.send("HEAD /stream HTTP/1.1\r\nHost: test\r\n\r\n");
  BOOST_TEST(client.read_head().find("HTTP/1.1 200 OK\r\n") == 0u);
  BOOST_TEST(client.is_closed());
  BOOST_TEST(!played()->opened.load());
}

BOOST_FIXTURE_TEST_CASE(a_slow_reader_is_asked_for_no_more, fixture) {
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  const std::string big(8 * 1024 * 1024, 'x');
  for (int i = 0; i < 4; ++i)
    tell(say(big + "\n"));
  // The first is asked for and blocks, so the others wait where they are.
  BOOST_TEST(eventually([&] { return played()->asked.load() >= 2; }));
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(client.read_line() == big + "\n");
}

BOOST_FIXTURE_TEST_CASE(a_reader_that_stops_is_cut, hasty_fixture) {
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  tell(say(std::string(64 * 1024 * 1024, 'x')));
  BOOST_TEST(eventually([&] { return played()->gone.load(); }));
  BOOST_TEST(server->counts().timeouts == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_listener_that_talks_without_end_is_cut, fixture) {
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  client.send("just a word");
  tell(say("heard\n"));
  BOOST_TEST(client.read_line() == "heard\n");
  const std::string chatter(1024 * 1024, 'z');
  while (client.send(chatter))
    ;
  BOOST_TEST(eventually([&] { return played()->gone.load(); }));
}

BOOST_FIXTURE_TEST_CASE(stopping_takes_leave_of_listeners, fixture) {
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  server->stop();
  BOOST_TEST(client.read_line() == "farewell\n");
  BOOST_TEST(client.is_closed());
  handler->lane->run([] { BOOST_ERROR("a lane ran after its worker"); });
}

BOOST_FIXTURE_TEST_CASE(stopping_does_not_wait_for_a_stuck_reader, fixture) {
  http_client client{server->port()};
  client.send(request);
  client.read_head();
  tell(say(std::string(64 * 1024 * 1024, 'x')));
  BOOST_TEST(eventually([&] { return played()->asked.load() >= 1; }));
  const auto begun = std::chrono::steady_clock::now();
  server->stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 4s));
  BOOST_TEST(played()->gone.load());
}

BOOST_FIXTURE_TEST_CASE(a_task_that_throws_is_counted, fixture) {
  handler->lane->run([] { throw std::runtime_error{"task"}; });
  BOOST_TEST(eventually([&] { return server->counts().failures == 1; }));
}

BOOST_FIXTURE_TEST_CASE(a_request_knows_its_peer, fixture) {
  http_client client{server->port()};
  BOOST_TEST(client.get("/peer").body() == "127.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
