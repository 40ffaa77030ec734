#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Answers one request with these bytes as JSON, whatever it asks for.
class hostile_server {
 public:
  hostile_server(std::string status, std::string body)
      : answer_{"HTTP/1.1 " + std::move(status) + "\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body},
        thread_{[this] { serve(); }} {}
  ~hostile_server() { thread_.join(); }

  std::string url() const {
    return "http://127.0.0.1:" +
           std::to_string(listener_.local_endpoint().port());
  }

 private:
  void serve() {
    tcp::socket peer{context_};
    listener_.accept(peer);
    asio::streambuf request;
    asio::read_until(peer, request, "\r\n\r\n");
    asio::write(peer, asio::buffer(answer_));
  }

  asio::io_context context_;
  tcp::acceptor listener_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::string answer_;
  std::thread thread_;
};

const std::string artifact =
    R"({"client_id":"a","profile":"b","version":"1\u001b[2J",)"
    R"("artifact_id":"sha256:x","changelog":"new\nissued  never","payload":)"
    "{\"x\":\"\u202e\"}}";

test::run_result get(const std::string& status, const std::string& body,
                     std::vector<std::string> more = {}) {
  hostile_server server{status, body};
  std::vector<std::string> words{"get", "a", "b", "--url", server.url()};
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_server_test)

BOOST_AUTO_TEST_CASE(an_answer_cannot_drive_the_terminal) {
  const auto x = get("200 OK", artifact);
  BOOST_TEST(x.code == exit_code::ok, x.err);
  BOOST_TEST(x.out.find("a/b 1\\u001b[2J\n") != x.out.npos, x.out);
  // Nor write lines that look like ours.
  BOOST_TEST(x.out.find("new\\u000aissued  never\n") != x.out.npos, x.out);
}

BOOST_AUTO_TEST_CASE(a_refusal_cannot_drive_the_terminal) {
  const auto x = get("400 Bad Request",
                     R"({"code":"bad_request","detail":"no\u001b]0;x\u0007",)"
                     R"("pointer":"/a\u202e"})");
  BOOST_TEST(x.code == exit_code::usage);
  BOOST_TEST(x.err == "signalbox: no\\u001b]0;x\\u0007 (at /a\\u202e)\n");
}

BOOST_AUTO_TEST_CASE(programs_and_a_clients_own_file_get_exact_bytes) {
  BOOST_TEST(get("200 OK", artifact, {"--json"}).out == artifact + '\n');
  const auto own = get("200 OK", artifact, {"--rendered"}).out;
  BOOST_TEST(own.find("\u202e") != own.npos, own);
  const std::string problem = R"({"code":"not_found","detail":"\u202e"})";
  const auto refused = get("404 Not Found", problem, {"--json"});
  BOOST_TEST(refused.code == exit_code::not_found);
  BOOST_TEST(refused.err == problem + '\n');
}

BOOST_AUTO_TEST_SUITE_END()
