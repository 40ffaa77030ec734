#include "storage/kafka_settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

std::string refusal(std::string_view text) {
  auto x = parse_kafka_settings(text);
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::bad_request);
  return x.error().message;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_settings_suite)

BOOST_AUTO_TEST_CASE(settings_are_read_and_name_the_topics) {
  auto x = parse_kafka_settings("# brokers\n"
                                "bootstrap.servers = a:9092,b:9092 \r\n"
                                "\n"
                                "signalbox.deployment=acme\n"
                                "sasl.password=p=w");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->client["bootstrap.servers"] == "a:9092,b:9092");
  BOOST_TEST(x->client["sasl.password"] == "p=w");
  BOOST_TEST(kafka_topic(*x, "decisions") == "acme.main.decisions.v1");
}

BOOST_AUTO_TEST_CASE(settings_are_written_as_they_are_read) {
  const auto text = "signalbox.deployment = acme\n"
                    "signalbox.ledger = eu-1\n"
                    "bootstrap.servers = a:9092\n";
  auto x = parse_kafka_settings(text);
  BOOST_REQUIRE(x);
  BOOST_TEST(to_text(*x) == text);
}

BOOST_AUTO_TEST_CASE(what_the_protocol_needs_is_no_setting) {
  for (auto* name : {"acks", "isolation.level", "enable.idempotence",
                     "auto.offset.reset", "transactional.id"}) {
    const auto why = refusal("bootstrap.servers=a:1\n" + std::string{name} +
                             " = anything\n");
    BOOST_TEST(says(why, name));
    BOOST_TEST(says(why, "line 2"));
  }
}

BOOST_AUTO_TEST_CASE(what_would_run_or_load_something_is_no_setting) {
  for (std::string name : {"sasl.kerberos.kinit.cmd", "ssl.engine.location"})
    BOOST_TEST(
        !parse_kafka_settings("bootstrap.servers = a:1\n" + name + " = x\n"));
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_setting_and_never_its_value) {
  const auto why = refusal("sasl.password = hunter2\nsasl.password = hunter3");
  BOOST_TEST(says(why, "sasl.password"));
  BOOST_TEST(!says(why, "hunter"));
  const auto wrapped = refusal("sasl.password = hun\nTer2Hunter2==\n");
  BOOST_TEST(says(wrapped, "line 2"));
  BOOST_TEST(!says(wrapped, "unter"));
}

BOOST_AUTO_TEST_CASE(without_servers_an_example_is_shown) {
  BOOST_TEST(says(refusal(""), "bootstrap.servers = kafka-1:9092"));
  BOOST_TEST(says(refusal("bootstrap.servers ="), "bootstrap.servers"));
}

BOOST_AUTO_TEST_CASE(parts_of_topic_names_are_plain) {
  for (auto* value : {"", "Acme", "a.b", "a_b", "a b"})
    BOOST_TEST(says(refusal("signalbox.ledger = " + std::string{value}),
                    "a-z, 0-9 and hyphen"));
  BOOST_TEST(says(refusal("signalbox.topic = x"), "signalbox.topic"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_setting_is_told_by_number) {
  BOOST_TEST(says(refusal("bootstrap.servers=a:1\nhello\n"), "line 2"));
}

BOOST_AUTO_TEST_SUITE_END()
