#include "app/kafka_file.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;

namespace fs = std::filesystem;

namespace {

struct settings_file {
  explicit settings_file(const std::string& more) {
    write_text(path(), "bootstrap.servers = kafka-1:9094\n" + more);
    set_mode(fs::perms{0644});
  }
  fs::path path() const { return place / "settings"; }
  void set_mode(fs::perms x) const { fs::permissions(path(), x); }

  temporary_directory place;
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_file)

BOOST_AUTO_TEST_CASE(a_password_that_others_may_read_is_refused) {
  const settings_file x{"sasl.password = hunter2\n"};
  for (const auto mode : {0644, 0640, 0604, 0660}) {
    x.set_mode(fs::perms{static_cast<unsigned>(mode)});
    const auto read = read_kafka_settings(x.path());
    BOOST_REQUIRE(!read);
    BOOST_CHECK(read.error().code == errc::bad_key);
    const auto& why = read.error().message;
    BOOST_TEST(why.find("sasl.password") != why.npos);
    BOOST_TEST(why.find("chmod 600 " + x.path().string()) != why.npos);
    BOOST_TEST(why.find("hunter2") == why.npos);
  }
  x.set_mode(fs::perms{0600});
  BOOST_TEST(read_kafka_settings(x.path()).has_value());
}

BOOST_AUTO_TEST_CASE(settings_without_a_secret_may_be_read_by_all) {
  const settings_file x{"security.protocol = SSL\n"};
  BOOST_TEST(read_kafka_settings(x.path()).has_value());
}

BOOST_AUTO_TEST_CASE(relative_paths_lie_beside_the_settings) {
  const settings_file x{"ssl.ca.location = tls/ca.pem\n"
                        "ssl.key.location = /etc/node.key\n"};
  const auto read = read_kafka_settings(x.path());
  BOOST_REQUIRE(read);
  BOOST_TEST(read->client.at("ssl.ca.location") ==
             (x.place.path() / "tls" / "ca.pem").string());
  BOOST_TEST(read->client.at("ssl.key.location") == "/etc/node.key");
}

BOOST_AUTO_TEST_CASE(settings_in_the_working_directory_need_no_path) {
  const settings_file x{"ssl.ca.location = ca.pem\n"};
  const auto before = fs::current_path();
  fs::current_path(x.place.path());
  const auto read = read_kafka_settings("settings");
  fs::current_path(before);
  BOOST_REQUIRE(read);
  BOOST_TEST(fs::weakly_canonical(read->client.at("ssl.ca.location")) ==
             fs::weakly_canonical(x.place.path() / "ca.pem"));
}

BOOST_AUTO_TEST_SUITE_END()
