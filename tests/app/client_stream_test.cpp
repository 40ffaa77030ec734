#include "app/client_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

places find(const std::string& host, const std::string& port,
            boost::system::error_code& failed) {
  boost::asio::io_context context;
  return find_server(context, {false, host, port, host, ""}, failed);
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_stream_)

BOOST_AUTO_TEST_CASE(localhost_is_this_machine_without_a_name_server) {
  for (auto* host : {"localhost", "no.such.name.localhost"}) {
    boost::system::error_code failed;
    const auto found = find(host, "8470", failed);
    BOOST_TEST(!failed, host);
    BOOST_TEST(found.size() == 2u);
    for (auto& x : found) {
      BOOST_TEST(x.endpoint().address().is_loopback());
      BOOST_TEST(x.endpoint().port() == 8470);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_port_that_there_is_not_is_told) {
  for (auto* port : {"65536", "184467440737095516160"}) {
    boost::system::error_code failed;
    find("localhost", port, failed);
    BOOST_TEST(bool(failed), port);
  }
}

BOOST_AUTO_TEST_SUITE_END()
