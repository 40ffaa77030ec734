#include "api/http_server.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/api/http_client.hpp"

namespace signalbox {

namespace {

using namespace std::chrono_literals;
using test::field;
using test::http_client;

const std::string hot_body(4096, 'x');
// More than the kernel keeps for a connection, so that sending it must wait.
const auto big_body =
    std::make_shared<const std::string>(32 * 1024 * 1024, 'b');

const std::string trace =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// Serves what each case needs:
//   GET /hot, /big   prepared, with If-None-Match
//   /secret          401 in admit
//   /held            answered when the test says so
//   /throw..., /drop what a bad handler does
//   all else         echoes the method, target and body
class echo_handler final : public http_handler {
 public:
  const prepared_response* hot(std::size_t, const request_head& x) override {
    if (x.path() == "/throw-hot")
      throw std::runtime_error{"hot"};
    if (x.path() == "/big")
      return big_.get();
    if (x.path() != "/hot")
      return nullptr;
    return x.if_none_match == "\"v1\"" ? unchanged_.get() : hot_.get();
  }

  admission admit(const request_head& x) override {
    if (x.path() == "/secret" && x.authorization != "Bearer good")
      return {.refused = unauthorized()};
    if (x.path() == "/throw-admit")
      throw std::runtime_error{"admit"};
    return {.body_limit = 1000, .note = std::make_unique<path_note>(x.path())};
  }

  void handle(http_request x, reply answer) override {
    const auto path = x.head().path();
    if (path == "/throw")
      throw std::runtime_error{"handle"};
    if (path == "/drop")
      return;
    if (path == "/held")
      return hold(std::move(answer));
    if (path == "/injected")
      return answer({.headers = {{"X-Evil", "a\r\nX-More: b"}}});
    std::string text{x.head().method_name};
    text.append(" ").append(x.head().target).append(" ").append(x.body);
    http_response y{.content_type = "text/plain", .body = std::move(text)};
    if (path == "/noted")
      y.body = dynamic_cast<path_note&>(*x.note).path;
    if (path == "/copied") // what the owned head holds
      y.body = std::string{x.head().find("X-Custom")} + "|" +
               std::string{x.head().traceparent} + "|" + x.id;
    answer(std::move(y));
  }

  // The reply of the next held request; waits for it.
  reply held() {
    std::unique_lock lock{mutex_};
    if (!arrived_.wait_for(lock, 10s, [this] { return !held_.empty(); }))
      throw std::runtime_error{"no request was held"};
    auto x = std::move(held_.back());
    held_.pop_back();
    return x;
  }

 private:
  struct path_note final : request_note {
    explicit path_note(std::string_view x) : path{x} {}
    std::string path;
  };

  static http_response unauthorized() {
    auto x = problem_response(401, to_string(errc::unauthenticated),
                              "a token is needed");
    x.headers.emplace_back("WWW-Authenticate", "Bearer");
    return x;
  }

  void hold(reply x) {
    const std::lock_guard lock{mutex_};
    held_.push_back(std::move(x));
    arrived_.notify_all();
  }

  std::shared_ptr<const prepared_response> hot_ = prepared_response::make(
      {.content_type = "application/json",
       .headers = {{"ETag", "\"v1\""}},
       .body = std::make_shared<const std::string>(hot_body)});
  std::shared_ptr<const prepared_response> unchanged_ =
      prepared_response::make({.status = 304, .headers = {{"ETag", "\"v1\""}}});
  std::shared_ptr<const prepared_response> big_ =
      prepared_response::make({.body = big_body});
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<reply> held_;
};

http_config quick_config() {
  http_config x;
  x.sweep_interval = 20ms;
  x.drain_timeout = 5s;
  return x;
}

struct fixture {
  explicit fixture(http_config x = quick_config())
      : handler{std::make_shared<echo_handler>()}, server{x, handler} {
    const auto started = server.start();
    BOOST_REQUIRE_MESSAGE(started, started.error().message);
  }

  // The status with which these very bytes are refused, and the connection
  // closed after it.
  unsigned refusal_of(std::string_view bytes) {
    http_client client{server.port()};
    client.send(bytes);
    const auto x = client.read();
    BOOST_TEST(field(x, "Content-Type") == "application/problem+json");
    BOOST_TEST(field(x, "Connection") == "close");
    BOOST_TEST(field(x, "X-Request-Id").size() == 16u);
    BOOST_TEST(client.is_closed());
    return x.result_int();
  }

  std::shared_ptr<echo_handler> handler;
  http_server server;
};

/// One limit is short; what comes late for another reason is in time.
template <auto Limit>
struct short_fixture : fixture {
  static http_config config() {
    auto x = quick_config();
    x.*Limit = 100ms;
    return x;
  }
  short_fixture() : fixture{config()} {}
};

using slow_head = short_fixture<&http_config::header_timeout>;
using slow_body = short_fixture<&http_config::body_timeout>;
using slow_reader = short_fixture<&http_config::write_timeout>;

/// All of them are.
struct hasty_fixture : fixture {
  static http_config config() {
    auto x = quick_config();
    x.header_timeout = x.body_timeout = 300ms;
    x.write_timeout = x.idle_timeout = 300ms;
    return x;
  }
  hasty_fixture() : fixture{config()} {}
};

bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!holds())
    if (std::chrono::steady_clock::now() > end)
      return false;
    else
      std::this_thread::yield();
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_servers)

BOOST_FIXTURE_TEST_CASE(prepared_bytes_are_served_with_a_date, fixture) {
  http_client client{server.port()};
  const auto x = client.get("/hot?q=1");
  BOOST_TEST(x.result_int() == 200u);
  BOOST_TEST(x.body() == hot_body);
  BOOST_TEST(field(x, "Content-Type") == "application/json");
  BOOST_TEST(field(x, "Content-Length") == "4096");
  BOOST_TEST(field(x, "Date").size() == 29u);
  BOOST_TEST(field(x, "Connection") == "");
  BOOST_TEST(field(x, "X-Request-Id") == "");
}

BOOST_FIXTURE_TEST_CASE(an_unchanged_entity_is_a_304_without_body, fixture) {
  http_client client{server.port()};
  const auto x = client.get("/hot", "If-None-Match: \"v1\"\r\n");
  BOOST_TEST(x.result_int() == 304u);
  BOOST_TEST(x.body() == "");
  BOOST_TEST(field(x, "ETag") == "\"v1\"");
  BOOST_TEST(client.get("/hot").body() == hot_body);
}

BOOST_FIXTURE_TEST_CASE(head_has_the_length_but_not_the_body, fixture) {
  http_client client{server.port()};
  for (const auto* target : {"/hot", "/echo"}) {
    const auto x = client.ask("HEAD", target);
    BOOST_TEST(x.result_int() == 200u);
    BOOST_TEST(!field(x, "Content-Length").empty());
  }
  BOOST_TEST(client.get("/echo").body() == "GET /echo ");
}

BOOST_FIXTURE_TEST_CASE(a_request_id_is_taken_over_or_made, fixture) {
  http_client client{server.port()};
  const std::string longest(64, 'a');
  for (const auto* target : {"/hot", "/echo"})
    for (const std::string& id : {std::string{"a.B_9-z"}, longest})
      BOOST_TEST(field(client.get(target, "X-Request-Id: " + id + "\r\n"),
                       "X-Request-Id") == id);
  for (const std::string& bad :
       {longest + "a", std::string{"a b"}, std::string{"<x>"}, std::string{}}) {
    const auto made = field(
        client.get("/echo", "X-Request-Id: " + bad + "\r\n"), "X-Request-Id");
    BOOST_TEST(made.size() == 16u);
    BOOST_TEST(made != bad);
  }
  BOOST_TEST(field(client.get("/echo"), "X-Request-Id") !=
             field(client.get("/echo"), "X-Request-Id"));
}

BOOST_FIXTURE_TEST_CASE(a_head_in_two_pieces_keeps_its_request_id, fixture) {
  http_client client{server.port()};
  client.send("GET /echo HTTP/1.1\r\nHost: t\r\nX-Requ");
  BOOST_TEST(client.is_silent_for(20ms));
  client.send("est-Id: mine\r\n\r\n");
  BOOST_TEST(field(client.read(), "X-Request-Id") == "mine");
}

BOOST_FIXTURE_TEST_CASE(a_handled_request_owns_its_head, fixture) {
  http_client client{server.port()};
  const auto x =
      client.get("/copied", "x-custom:  v  \r\nTraceparent: " + trace +
                                "\r\nX-Request-Id: r1\r\n");
  BOOST_TEST(x.body() == "v|" + trace + "|r1");
}

BOOST_FIXTURE_TEST_CASE(what_admission_noted_comes_with_the_request, fixture) {
  http_client client{server.port()};
  BOOST_TEST(client.get("/noted?x").body() == "/noted");
  client.send("POST /noted HTTP/1.1\r\nHost: t\r\n"
              "Content-Length: 2\r\n\r\nhi");
  BOOST_TEST(client.read().body() == "/noted");
}

BOOST_FIXTURE_TEST_CASE(a_traceparent_is_taken_in_its_form_only_nfr5, fixture) {
  http_client client{server.port()};
  const auto taken = [&](const std::string& x) {
    return client.get("/copied", "traceparent: " + x + "\r\n")
               .body()
               .find("|" + x + "|") != std::string::npos;
  };
  BOOST_TEST(taken(trace));
  BOOST_TEST(taken("cc" + trace.substr(2)));
  const auto secret = "gh" + std::string{"p_"} + std::string(36, 'a');
  const std::string zeros(32, '0');
  for (const auto& x :
       {secret, trace + secret, trace + "-" + secret, trace.substr(0, 54),
        "ff" + trace.substr(2), "0G" + trace.substr(2),
        "00-" + zeros + trace.substr(35),
        trace.substr(0, 36) + zeros.substr(16) + "-01",
        "00-0AF7651916CD43DD8448EB211C80319C" + trace.substr(35),
        trace.substr(0, 53) + "zz", "00_" + trace.substr(3)})
    BOOST_TEST(!taken(x), x);
}

BOOST_FIXTURE_TEST_CASE(a_request_id_that_looks_secret_is_replaced_nfr5,
                        fixture) {
  http_client client{server.port()};
  const auto id_of = [&](const std::string& sent) {
    const auto x = client.get("/copied", "X-Request-Id: " + sent + "\r\n");
    const auto id = x.body().substr(x.body().rfind('|') + 1);
    BOOST_TEST(field(x, "X-Request-Id") == id);
    return id;
  };
  for (const std::string& harmless :
       {std::string{"123e4567-e89b-12d3-a456-426614174000"},
        std::string{"0af7651916cd43dd8448eb211c80319c"},
        std::string{"deploy-2026-11-21.7"}})
    BOOST_TEST(id_of(harmless) == harmless);
  for (const std::string& secret :
       {"gh" + std::string{"p_"} + std::string{"x9Kd82LmQ0pVz7Rt4WcY"} +
            "b1NfH6sJ3gTu5aEe",
        "AK" + std::string{"IA"} + "Q7ZX4MPN2WVB8KTD",
        std::string{"q7Xz0Lk2Vb9Tn4Rw8Yc3Hd6Jf1Gs5Pm"}}) {
    const auto made = id_of(secret);
    BOOST_TEST(made.size() == 16u);
    BOOST_TEST(made.find_first_not_of("0123456789abcdef") == made.npos);
  }
}

BOOST_FIXTURE_TEST_CASE(bodies_come_whole_sized_or_chunked, fixture) {
  http_client client{server.port()};
  const std::string body(1000, 'y');
  BOOST_TEST(client.ask("POST", "/p", {}, body).body() == "POST /p " + body);
  client.send("PUT /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
              "3;a=b\r\nabc\r\n");
  BOOST_TEST(client.is_silent_for(20ms));
  client.send("2\r");
  BOOST_TEST(client.is_silent_for(20ms));
  client.send("\nde\r\n0\r\nX-Trailer: t\r\n\r\n");
  BOOST_TEST(client.read().body() == "PUT /c abcde");
  BOOST_TEST(client.get("/after").body() == "GET /after ");
}

BOOST_FIXTURE_TEST_CASE(a_byte_at_a_time_is_understood, fixture) {
  http_client client{server.port()};
  const std::string text = "POST /p HTTP/1.1\r\nHost: t\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n"
                           "a\r\n0123456789\r\n1\r\nz\r\n0\r\n\r\n";
  for (const char c : text)
    client.send({&c, 1});
  BOOST_TEST(client.read().body() == "POST /p 0123456789z");
}

BOOST_FIXTURE_TEST_CASE(pipelined_requests_are_answered_in_order, fixture) {
  http_client client{server.port()};
  client.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n"
              "GET /hot HTTP/1.1\r\nHost: t\r\n\r\n"
              "POST /b HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi"
              "\r\nGET /c HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = handler->held();
  BOOST_TEST(client.is_silent_for(20ms));
  answer({.body = "first"});
  BOOST_TEST(client.read().body() == "first");
  BOOST_TEST(client.read().body() == hot_body);
  BOOST_TEST(client.read().body() == "POST /b hi");
  BOOST_TEST(client.read().body() == "GET /c ");
}

BOOST_FIXTURE_TEST_CASE(old_clients_get_their_kind_of_keep_alive, fixture) {
  http_client client{server.port()};
  for (const auto* target : {"/hot", "/echo"}) {
    client.send("GET " + std::string{target} +
                " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(field(client.read(), "Connection") == "keep-alive");
  }
  client.send("GET /hot HTTP/1.0\r\n\r\n");
  BOOST_TEST(field(client.read(), "Connection") == "close");
  BOOST_TEST(client.is_closed());
}

BOOST_FIXTURE_TEST_CASE(connection_close_is_honoured, fixture) {
  for (const auto* target : {"/hot", "/echo"}) {
    http_client client{server.port()};
    const auto x = client.get(target, "Connection: close\r\n");
    BOOST_TEST(field(x, "Connection") == "close");
    BOOST_TEST(client.is_closed());
  }
}

BOOST_FIXTURE_TEST_CASE(a_half_closed_client_is_still_answered, fixture) {
  http_client client{server.port()};
  client.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n"
              "GET /last HTTP/1.1\r\nHost: t\r\n\r\n");
  client.half_close();
  handler->held()({.body = "late"});
  BOOST_TEST(client.read().body() == "late");
  BOOST_TEST(client.read().body() == "GET /last ");
  BOOST_TEST(client.is_closed());
}

BOOST_FIXTURE_TEST_CASE(the_absolute_form_is_read_as_its_path, fixture) {
  http_client client{server.port()};
  BOOST_TEST(client.get("http://x:1/a?b").body() == "GET /a?b ");
  BOOST_TEST(client.get("HTTPS://x").body() == "GET / ");
}

BOOST_FIXTURE_TEST_CASE(unknown_methods_are_left_to_the_handler, fixture) {
  http_client client{server.port()};
  BOOST_TEST(client.ask("BREW", "/pot").body() == "BREW /pot ");
  BOOST_TEST(client.ask("OPTIONS", "*").body() == "OPTIONS * ");
}

BOOST_FIXTURE_TEST_CASE(malformed_requests_are_refused_and_closed, fixture) {
  const std::string head = "POST / HTTP/1.1\r\nHost: t\r\n";
  for (const std::string& bytes : {
           std::string{"nonsense\r\n\r\n"},
           std::string{"GET /\r\n\r\n"},
           std::string{"GET / HTTP/1.1\r\n\r\n"},
           std::string{"GET  / HTTP/1.1\r\nHost: t\r\n\r\n"},
           std::string{"GET x HTTP/1.1\r\nHost: t\r\n\r\n"},
           std::string{"GET * HTTP/1.1\r\nHost: t\r\n\r\n"},
           head + "Host: u\r\n\r\n",
           head + "Bad Name: x\r\n\r\n",
           head + "Name : x\r\n\r\n",
           head + "X: a\r\n folded\r\n\r\n",
           head + "X:\r\n folded\r\n\r\n",
           head + "X: \r\n\t\r\n folded\r\n\r\n",
           head + "X:\r\n \r\n\r\n",
           head + "Content-Length:\r\n 0\r\n\r\n",
           head + "X: a\001b\r\n\r\n",
           head + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
       })
    BOOST_TEST(refusal_of(bytes) == 400u, bytes);
  BOOST_TEST(server.counts().malformed == 16u);
}

BOOST_FIXTURE_TEST_CASE(an_empty_field_is_not_folded, fixture) {
  http_client client{server.port()};
  client.send("GET /x HTTP/1.1\r\nHost: t\r\nX:\r\nY: \t \r\nZ:a\r\n\r\n");
  BOOST_TEST(client.read().result_int() == 200u);
}

BOOST_FIXTURE_TEST_CASE(smuggling_shapes_are_refused_c16, fixture) {
  const std::string head = "POST / HTTP/1.1\r\nHost: t\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  for (const std::string& bytes : {
           head + "Content-Length: 1\r\n" + chunked + "\r\n0\r\n\r\n",
           head + chunked + "Content-Length: 1\r\n\r\n0\r\n\r\n",
           head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
           head + "Content-Length: 1, 1\r\n\r\na",
           head + "Content-Length: +1\r\n\r\na",
           head + "Content-Length: -1\r\n\r\na",
           head + "Content-Length: 99999999999999999999\r\n\r\na",
           head + chunked + chunked + "\r\n0\r\n\r\n",
           "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n",
           head + chunked + "\r\nxyz\r\nabc\r\n",
           head + chunked + "\r\n3\r\nabcXX0\r\n\r\n",
           head + chunked + "\r\n-1\r\nabc\r\n",
           head + chunked + "\r\n0\r\nContent-Length: 3\r\n\r\n",
       })
    BOOST_TEST(refusal_of(bytes) == 400u, bytes);
  for (const auto* coding : {"gzip, chunked", "chunked, gzip", "identity"})
    BOOST_TEST(refusal_of(head + "Transfer-Encoding: " + coding + "\r\n\r\n") >=
               400u);
}

BOOST_FIXTURE_TEST_CASE(other_versions_are_refused, fixture) {
  BOOST_TEST(refusal_of("GET / HTTP/2.0\r\nHost: t\r\n\r\n") == 505u);
  BOOST_TEST(refusal_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505u);
}

BOOST_FIXTURE_TEST_CASE(heads_have_a_limit_c16, fixture) {
  const std::string head = "GET / HTTP/1.1\r\nHost: t\r\n";
  const auto large = head + "X: " + std::string(16 * 1024, 'a');
  BOOST_TEST(refusal_of(large) == 431u);
  BOOST_TEST(refusal_of(large + "\r\n\r\n") == 431u);
  std::string many = head;
  for (int i = 0; i < 70; ++i)
    many += "X-" + std::to_string(i) + ": y\r\n";
  BOOST_TEST(refusal_of(many + "\r\n") == 431u);
  http_client client{server.port()};
  const auto x = client.get("/echo", "X: " + std::string(15000, 'a') + "\r\n");
  BOOST_TEST(x.result_int() == 200u);
}

BOOST_FIXTURE_TEST_CASE(targets_have_a_limit_c16, fixture) {
  const std::string path(8 * 1024, 'p');
  BOOST_TEST(refusal_of("GET /" + path + " HTTP/1.1\r\nHost: t\r\n\r\n") ==
             414u);
  BOOST_TEST(refusal_of("GET /" + path + path) == 414u);
}

BOOST_FIXTURE_TEST_CASE(a_large_body_is_refused_before_it_is_sent_c16,
                        fixture) {
  BOOST_TEST(refusal_of("POST / HTTP/1.1\r\nHost: t\r\n"
                        "Content-Length: 1001\r\n\r\n") == 413u);
  BOOST_TEST(refusal_of("POST / HTTP/1.1\r\nHost: t\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n3e9\r\n") == 413u);
  BOOST_TEST(refusal_of("POST / HTTP/1.1\r\nHost: t\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n3e7\r\n" +
                        std::string(999, 'a') + "\r\n2\r\n") == 413u);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_survives_the_body_in_flight_c16, fixture) {
  http_client client{server.port()};
  const std::string flood(512 * 1024, 'z');
  client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 524288\r\n\r\n");
  client.send(flood);
  BOOST_TEST(client.read().result_int() == 413u);
  client.half_close();
  BOOST_TEST(client.is_closed());
}

BOOST_FIXTURE_TEST_CASE(a_stranger_is_refused_before_the_body_c16, fixture) {
  http_client client{server.port()};
  const auto x = client.get("/secret");
  BOOST_TEST(x.result_int() == 401u);
  BOOST_TEST(field(x, "WWW-Authenticate") == "Bearer");
  BOOST_TEST(client.get("/secret", "Authorization: Bearer good\r\n").body() ==
             "GET /secret ");
  BOOST_TEST(refusal_of("POST /secret HTTP/1.1\r\nHost: t\r\n"
                        "Content-Length: 100\r\n\r\n") == 401u);
}

BOOST_FIXTURE_TEST_CASE(continue_is_said_after_admission_only, fixture) {
  http_client client{server.port()};
  const std::string expecting = "Content-Length: 2\r\n"
                                "Expect: 100-Continue\r\n\r\n";
  client.send("POST /p HTTP/1.1\r\nHost: t\r\n" + expecting);
  BOOST_TEST(client.read().result_int() == 100u);
  client.send("hi");
  BOOST_TEST(client.read().body() == "POST /p hi");
  BOOST_TEST(refusal_of("POST /secret HTTP/1.1\r\nHost: t\r\n" + expecting) ==
             401u);
  BOOST_TEST(refusal_of("POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
                        "Expect: a-pony\r\n\r\n") == 417u);
}

BOOST_FIXTURE_TEST_CASE(a_dropped_reply_is_a_503, fixture) {
  http_client client{server.port()};
  for (const auto* target : {"/drop", "/throw"}) {
    const auto x = client.get(target);
    BOOST_TEST(x.result_int() == 503u);
    BOOST_TEST(x.body().find("\"code\":\"unavailable\"") != std::string::npos);
  }
  BOOST_TEST(client.get("/hot").result_int() == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_throwing_handler_is_a_500, fixture) {
  http_client client{server.port()};
  BOOST_TEST(client.get("/throw-hot").result_int() == 500u);
  BOOST_TEST(client.get("/throw-admit").result_int() == 500u);
  BOOST_TEST(server.counts().failures == 2u);
}

BOOST_FIXTURE_TEST_CASE(no_header_value_breaks_out_of_its_line, fixture) {
  http_client client{server.port()};
  const auto x = client.get("/injected");
  BOOST_TEST(x.result_int() == 500u);
  BOOST_TEST(field(x, "X-More") == "");
}

BOOST_FIXTURE_TEST_CASE(answers_come_from_any_thread, fixture) {
  constexpr int clients = 8;
  constexpr int rounds = 50;
  std::atomic<int> answered{0};
  std::thread other{[&] {
    for (int i = 0; i < clients * rounds; ++i)
      handler->held()({.body = "from afar"});
  }};
  std::vector<std::thread> callers;
  for (int i = 0; i < clients; ++i)
    callers.emplace_back([&] {
      http_client client{server.port()};
      for (int j = 0; j < rounds; ++j)
        answered += client.get("/held").body() == "from afar";
    });
  for (auto& x : callers)
    x.join();
  other.join();
  BOOST_TEST(answered == clients * rounds);
}

BOOST_FIXTURE_TEST_CASE(an_answer_to_a_gone_client_is_dropped, fixture) {
  auto client = std::make_unique<http_client>(server.port());
  client->send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = handler->held();
  client.reset();
  answer({.body = "too late"});
  BOOST_TEST(eventually([&] { return server.counts().open == 0; }));
}

BOOST_FIXTURE_TEST_CASE(a_slow_reader_gets_every_byte, fixture) {
  http_client client{server.port()};
  client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n"
              "GET /hot HTTP/1.1\r\nHost: t\r\n\r\n");
  BOOST_TEST((client.read().body() == *big_body));
  BOOST_TEST((client.read().body() == hot_body));
  http_client second{server.port()};
  second.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  handler->held()({.body = big_body});
  BOOST_TEST((second.read().body() == *big_body));
}

BOOST_FIXTURE_TEST_CASE(a_slow_head_is_cut_with_408, slow_head) {
  http_client client{server.port()};
  std::thread drip{[&] {
    client.send("GET / HTTP/1.1\r\nX: ");
    while (client.is_silent_for(10ms) && client.send("a")) {
    }
  }};
  drip.join();
  const auto x = client.read();
  BOOST_TEST(x.result_int() == 408u);
  BOOST_TEST(field(x, "Connection") == "close");
  BOOST_TEST(server.counts().timeouts == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_slow_body_is_cut_with_408, slow_body) {
  http_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabc");
  BOOST_TEST(client.read().result_int() == 408u);
  BOOST_TEST(client.is_closed());
}

BOOST_FIXTURE_TEST_CASE(idle_connections_are_closed_quietly, hasty_fixture) {
  http_client fresh{server.port()};
  BOOST_TEST(fresh.is_closed());
  http_client used{server.port()};
  BOOST_TEST(used.get("/hot").result_int() == 200u);
  BOOST_TEST(used.is_closed());
  BOOST_TEST(server.counts().timeouts == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_reader_that_stops_is_cut, slow_reader) {
  http_client client{server.port()};
  client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  BOOST_TEST(eventually([&] { return server.counts().timeouts == 1; }));
  BOOST_TEST(eventually([&] { return server.counts().open == 0; }));
}

BOOST_AUTO_TEST_CASE(slow_readers_hold_no_more_than_the_budget_c16) {
  auto config = quick_config();
  config.send_budget = 3 * big_body->size() + 1024 * 1024;
  fixture x{config};
  constexpr std::size_t many = 8, at_most = 3;
  std::vector<std::unique_ptr<http_client>> slow;
  for (std::size_t i = 0; i < many; ++i) {
    slow.push_back(std::make_unique<http_client>(x.server.port(), 4096));
    slow.back()->send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
    x.handler->held()({.body = big_body});
  }
  BOOST_TEST(eventually([&] {
    const auto counts = x.server.counts();
    return counts.slow_readers >= many - at_most &&
           counts.open == many - counts.slow_readers;
  }));
  BOOST_TEST(x.server.counts().unsent <= config.send_budget);
  BOOST_TEST(x.server.counts().unsent >= big_body->size());
  // Whoever reads is answered as ever, also at length.
  http_client quick{x.server.port()};
  BOOST_TEST(quick.get("/x").result_int() == 200u);
  quick.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  x.handler->held()({.body = big_body});
  BOOST_TEST((quick.read().body() == *big_body));
  slow.clear();
  BOOST_TEST(eventually([&] { return x.server.counts().unsent == 0; }));
}

BOOST_AUTO_TEST_CASE(workers_have_one_budget_together_c16) {
  auto config = quick_config();
  config.workers = 3;
  config.send_budget = 2 * big_body->size();
  fixture x{config};
  std::vector<std::unique_ptr<http_client>> slow;
  for (int i = 0; i < 9; ++i) {
    slow.push_back(std::make_unique<http_client>(x.server.port(), 4096));
    slow.back()->send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
    x.handler->held()({.body = big_body});
  }
  BOOST_TEST(eventually([&] { return x.server.counts().slow_readers >= 7; }));
  BOOST_TEST(eventually(
      [&] { return x.server.counts().unsent <= config.send_budget; }));
}

BOOST_FIXTURE_TEST_CASE(what_lies_ready_is_not_counted_for_each_reader,
                        fixture) {
  http_client client{server.port(), 4096};
  client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  BOOST_TEST(eventually([&] { return server.counts().bytes > 0; }));
  BOOST_TEST(server.counts().unsent < 4096u);
}

BOOST_FIXTURE_TEST_CASE(a_waiting_request_is_not_timed_out, hasty_fixture) {
  http_client client{server.port()};
  client.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = handler->held();
  BOOST_TEST(client.is_silent_for(900ms));
  answer({.body = "patience"});
  BOOST_TEST(client.read().body() == "patience");
}

BOOST_AUTO_TEST_CASE(connections_above_the_limit_are_refused) {
  auto config = quick_config();
  config.max_connections = 2;
  fixture f{config};
  http_client first{f.server.port()};
  auto second = std::make_unique<http_client>(f.server.port());
  BOOST_TEST(first.get("/hot").result_int() == 200u);
  BOOST_TEST(second->get("/hot").result_int() == 200u);
  http_client third{f.server.port()};
  BOOST_TEST(third.read().result_int() == 503u);
  BOOST_TEST(third.is_closed());
  BOOST_TEST(f.server.counts().refused == 1u);
  second.reset();
  BOOST_TEST(eventually([&] { return f.server.counts().open == 1; }));
  http_client fourth{f.server.port()};
  BOOST_TEST(fourth.get("/hot").result_int() == 200u);
}

BOOST_AUTO_TEST_CASE(several_workers_share_the_connections) {
  auto config = quick_config();
  config.workers = 3;
  fixture f{config};
  std::vector<std::unique_ptr<http_client>> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<http_client>(f.server.port()));
    BOOST_TEST(clients.back()->get("/hot").body() == hot_body);
  }
  BOOST_TEST(f.server.counts().open == 9u);
  BOOST_TEST(f.server.counts().requests == 9u);
  BOOST_TEST(f.server.counts().hot == 9u);
  // Counted after the bytes have left, so the client can be ahead of it.
  BOOST_TEST(eventually([&] { return f.server.counts().bytes > 9 * 4096u; }));
}

BOOST_FIXTURE_TEST_CASE(stopping_finishes_what_runs, fixture) {
  http_client idle{server.port()};
  BOOST_TEST(idle.get("/hot").result_int() == 200u);
  http_client busy{server.port()};
  busy.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = handler->held();
  auto stopped = std::async(std::launch::async, [&] { server.stop(); });
  BOOST_TEST(idle.is_closed());
  BOOST_CHECK_THROW(http_client{server.port()}, std::runtime_error);
  answer({.body = "done"});
  const auto x = busy.read();
  BOOST_TEST(x.body() == "done");
  BOOST_TEST(field(x, "Connection") == "close");
  BOOST_TEST(busy.is_closed());
  stopped.get();
  server.stop();
  BOOST_TEST(server.counts().open == 0u);
}

BOOST_AUTO_TEST_CASE(stopping_cuts_what_does_not_end) {
  auto config = quick_config();
  config.drain_timeout = 50ms;
  fixture f{config};
  http_client stuck{f.server.port()};
  stuck.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = f.handler->held();
  f.server.stop();
  BOOST_TEST(stuck.is_closed());
  answer({.body = "after the end"}); // dropped, harmless
}

BOOST_FIXTURE_TEST_CASE(a_taken_port_is_named, fixture) {
  http_config same;
  same.port = server.port();
  signalbox::http_server second{same, handler};
  const auto x = second.start();
  BOOST_REQUIRE(!x);
  BOOST_TEST(x.error().message ==
             "address in use: 127.0.0.1:" + std::to_string(server.port()) +
                 "; another process listens there");
}

BOOST_AUTO_TEST_CASE(a_config_that_cannot_work_is_refused) {
  const std::vector<std::function<void(http_config&)>> faults{
      [](auto& x) { x.address = "localhost"; },
      [](auto& x) { x.workers = 0; },
      [](auto& x) { x.workers = 257; },
      [](auto& x) { x.max_connections = 0; },
      [](auto& x) { x.header_limit = 100; },
      [](auto& x) { x.target_limit = x.header_limit + 1; },
      [](auto& x) { x.header_timeout = 0ms; },
      [](auto& x) { x.sweep_interval = 0ms; },
      [](auto& x) { x.drain_timeout = -1ms; },
  };
  BOOST_TEST(validate(http_config{}).has_value());
  for (const auto& fault : faults) {
    http_config x;
    fault(x);
    BOOST_TEST(validate(x).has_error());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
