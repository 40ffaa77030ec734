#include <chrono>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "api/http_server.hpp"
#include "api/tls_certificate.hpp"
#include "tests/api/certificate.hpp"
#include "tests/api/http_client.hpp"
#include "tests/api/tls_client.hpp"

namespace signalbox {

namespace {

using namespace std::chrono_literals;
using test::certificate;
using test::certificate_files;
using test::http_client;
using test::tls_client;

// More than the kernel keeps for a connection, so that sending it must wait.
const auto big_body = std::make_shared<const std::string>(8 * 1024 * 1024, 'b');

// /hot and /big lie ready; all else echoes the body.
class echo_handler final : public http_handler {
 public:
  const prepared_response* hot(std::size_t, const request_head& x) override {
    return x.path() == "/hot"   ? hot_.get()
           : x.path() == "/big" ? big_.get()
                                : nullptr;
  }
  admission admit(const request_head&) override {
    return {.body_limit = 1024 * 1024};
  }
  void handle(http_request x, reply answer) override {
    answer({.content_type = "text/plain", .body = std::move(x.body)});
  }

 private:
  std::shared_ptr<const prepared_response> hot_ =
      prepared_response::make({.body = std::string(3000, 'h')});
  std::shared_ptr<const prepared_response> big_ =
      prepared_response::make({.body = big_body});
};

struct fixture {
  certificate_files files;
  std::shared_ptr<tls_keeper> keeper =
      tls_keeper::open({files.certificate_path, files.key_path}).value();
  http_server server;

  explicit fixture(std::chrono::milliseconds patience = 10s)
      : server{config(patience), std::make_shared<echo_handler>()} {
    BOOST_REQUIRE(server.start());
  }

  http_config config(std::chrono::milliseconds patience) const {
    http_config x;
    x.sweep_interval = 20ms;
    x.header_timeout = patience;
    x.drain_timeout = 5s;
    x.tls = keeper;
    return x;
  }

  template <class Condition>
  void wait_until(Condition holds) const {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!holds() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(1ms);
    BOOST_TEST(holds());
  }
};

struct hasty_fixture : fixture {
  hasty_fixture() : fixture{300ms} {}
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_tls, fixture)

BOOST_AUTO_TEST_CASE(requests_are_answered_over_tls_1_3_and_1_2) {
  for (auto [newest, name] : {std::pair{TLS1_3_VERSION, "TLSv1.3"},
                              std::pair{TLS1_2_VERSION, "TLSv1.2"}}) {
    tls_client client{server.port(), newest};
    BOOST_TEST(client.version() == name);
    for (int i = 0; i < 3; ++i)
      BOOST_TEST(client.get("/hot").body() == std::string(3000, 'h'));
    const std::string body(500'000, 'e');
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 500000"
                "\r\n\r\n" +
                body);
    BOOST_TEST((client.read().body() == body));
  }
}

BOOST_AUTO_TEST_CASE(older_versions_are_refused) {
  BOOST_CHECK_THROW(tls_client(server.port(), TLS1_1_VERSION),
                    boost::system::system_error);
  wait_until([&] { return server.counts().tls_failures == 1; });
}

BOOST_AUTO_TEST_CASE(requests_that_come_together_are_all_answered) {
  tls_client client{server.port()};
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "GET /hot HTTP/1.1\r\nHost: test\r\n\r\n";
  client.send(many);
  for (int i = 0; i < 300; ++i)
    BOOST_TEST(client.read().body().size() == 3000u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_the_socket_does_not_take_at_once_is_whole) {
  tls_client client{server.port()};
  client.send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
  std::this_thread::sleep_for(50ms); // the server fills the socket meanwhile
  BOOST_TEST((client.read().body() == *big_body));
  BOOST_TEST(client.get("/hot").body().size() == 3000u);
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_closed_gets_the_last_word_of_tls) {
  tls_client client{server.port()};
  client.send("GET /hot HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  client.read();
  BOOST_TEST(client.is_closed());
  tls_client idle{server.port()};
  idle.get("/hot");
  server.stop();
  BOOST_TEST(idle.is_closed());
}

BOOST_AUTO_TEST_CASE(plain_text_is_told_so_and_closed_in_order) {
  http_client client{server.port()};
  const auto said =
      client.get("/hot", "X-Long: " + std::string(2000, 'x') + "\r\n");
  BOOST_TEST(said.result_int() == 400u);
  BOOST_TEST(said.body().find("https://") != std::string::npos);
  BOOST_TEST(client.is_closed());
  http_client garbage{server.port()};
  garbage.send(std::string(100, '\1'));
  wait_until([&] { return server.counts().tls_failures == 2; });
  BOOST_TEST(tls_client{server.port()}.get("/hot").result_int() == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_handshake_that_does_not_end_is_cut, hasty_fixture) {
  const auto began = std::chrono::steady_clock::now();
  http_client silent{server.port()};
  http_client slow{server.port()};
  slow.send(std::string_view{"\x16\x03\x01\x02\x00\x01", 6});
  BOOST_TEST(slow.is_closed());
  BOOST_TEST(silent.is_closed());
  BOOST_TEST((std::chrono::steady_clock::now() - began >= 300ms));
}

BOOST_FIXTURE_TEST_CASE(the_beginning_of_a_record_keeps_no_worker_busy,
                        hasty_fixture) {
  const auto began = std::chrono::steady_clock::now();
  tls_client slow{server.port()};
  const auto used = std::clock(); // of the whole process
  slow.send_raw("\x17\x03\x03");
  slow.is_closed(); // waits until the server's patience is over
  BOOST_TEST((std::chrono::steady_clock::now() - began >= 300ms));
  BOOST_TEST(static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC < 0.1);
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_for_new_connections) {
  tls_client before{server.port()};
  BOOST_TEST(before.serial() == 1);
  BOOST_CHECK(*keeper->renew_if_changed() == tls_keeper::outcome::unchanged);
  files.put(certificate{2});
  BOOST_CHECK(*keeper->renew_if_changed() == tls_keeper::outcome::renewed);
  BOOST_TEST(tls_client{server.port()}.serial() == 2);
  BOOST_TEST(before.get("/hot").result_int() == 200u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_changes_nothing) {
  const auto refused = [&] {
    const auto said = keeper->renew_if_changed();
    BOOST_REQUIRE(!said);
    // It is not read again until it changes again.
    BOOST_CHECK(*keeper->renew_if_changed() == tls_keeper::outcome::unchanged);
    BOOST_TEST(tls_client{server.port()}.serial() == 1);
    return said.error().message;
  };
  const auto has = [](const std::string& text, const char* word) {
    return text.find(word) != std::string::npos;
  };
  files.put_key(certificate{7}.key_text());
  BOOST_TEST(has(refused(), "belongs to"));
  files.put(certificate{8, -60});
  BOOST_TEST(has(refused(), "expired"));
  const certificate good{9};
  files.put(good);
  files.put_key(good.key_text(), 0640);
  BOOST_TEST(has(refused(), "chmod 600"));
  files.put_key("-----BEGIN nothing");
  BOOST_TEST(has(refused(), "server.key"));
  std::filesystem::remove(files.certificate_path);
  BOOST_TEST(has(refused(), "no such file"));
}

BOOST_AUTO_TEST_CASE(a_thousand_connections_are_served_at_once) {
  std::vector<std::unique_ptr<tls_client>> clients;
  for (int i = 0; i < 1000; ++i)
    clients.push_back(std::make_unique<tls_client>(server.port()));
  for (auto& x : clients)
    x->send("GET /hot HTTP/1.1\r\nHost: test\r\n\r\n");
  for (auto& x : clients)
    BOOST_TEST(x->read().result_int() == 200u);
  BOOST_TEST(server.counts().open == 1000u);
  clients.clear();
  wait_until([&] { return server.counts().open == 0; });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
