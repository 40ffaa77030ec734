#include "storage/kafka_trouble.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/x509_vfy.h>

using namespace signalbox;

namespace {

bool says(const kafka_trouble& x, std::string_view what) {
  return explain(x).find(what) != std::string::npos;
}

const kafka_trouble wrong_password{
    RD_KAFKA_RESP_ERR__AUTHENTICATION,
    "sasl_ssl://a:1/bootstrap: SASL authentication error: Authentication "
    "failed: Invalid username or password (after 302ms in state AUTH_REQ)"};
const kafka_trouble no_answer{RD_KAFKA_RESP_ERR__TRANSPORT,
                              "a:1/bootstrap: Connect to a:1 failed: "
                              "Connection refused"};

kafka_trouble bad_certificate(int why) {
  return {RD_KAFKA_RESP_ERR__SSL, "ssl://a:1/bootstrap: SSL handshake failed",
          why};
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_trouble_suite)

BOOST_AUTO_TEST_CASE(a_trouble_tells_what_where_and_what_to_do) {
  BOOST_TEST(says(wrong_password, "_AUTHENTICATION"));
  BOOST_TEST(says(wrong_password, "sasl_ssl://a:1"));
  BOOST_TEST(says(wrong_password, "sasl.password"));
  // The time differs each time, so that one reason would look like many.
  BOOST_TEST(!says(wrong_password, "302ms"));
}

BOOST_AUTO_TEST_CASE(each_fault_of_a_certificate_has_its_remedy) {
  BOOST_TEST(says(bad_certificate(X509_V_ERR_HOSTNAME_MISMATCH),
                  "name the brokers in bootstrap.servers"));
  BOOST_TEST(says(bad_certificate(X509_V_ERR_IP_ADDRESS_MISMATCH),
                  "name the brokers in bootstrap.servers"));
  BOOST_TEST(says(bad_certificate(X509_V_ERR_CERT_HAS_EXPIRED), "renew it"));
  BOOST_TEST(says(bad_certificate(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
                  "ssl.ca.location"));
  BOOST_TEST(says(bad_certificate(0), "Does this listener speak TLS"));
  for (auto* text :
       {"ssl://a:1/bootstrap: Disconnected (after 1ms in state SSL_HANDSHAKE)",
        "ssl://a:1/bootstrap: SSL handshake failed: Disconnected: connecting "
        "to a PLAINTEXT broker listener? (after 1ms in state SSL_HANDSHAKE)"})
    BOOST_TEST(says({RD_KAFKA_RESP_ERR__TRANSPORT, text},
                    "SSL handshake failed. Does this listener speak TLS"));
  // What is wrong with a certificate is told by another one at the same time.
  BOOST_TEST(!is_refusal({RD_KAFKA_RESP_ERR__TRANSPORT,
                          "ssl://a:1: error:0A000086:SSL routines::certificate "
                          "verify failed (after 3ms in state SSL_HANDSHAKE)"}));
  BOOST_TEST(says({RD_KAFKA_RESP_ERR__TRANSPORT,
                   "Receive failed: sslv3 alert bad certificate"},
                  "ssl.key.location"));
}

BOOST_AUTO_TEST_CASE(what_the_authorizer_refuses_names_where_it_is_listed) {
  BOOST_TEST(says({RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
                  "docs/operating.md"));
}

BOOST_AUTO_TEST_CASE(waiting_helps_against_silence_and_not_against_refusal) {
  BOOST_TEST(is_refusal(wrong_password));
  BOOST_TEST(is_refusal(bad_certificate(X509_V_ERR_CERT_HAS_EXPIRED)));
  BOOST_TEST(!is_refusal(no_answer));
  BOOST_TEST(!is_refusal({RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN}));
}

BOOST_AUTO_TEST_CASE(what_tells_most_is_kept) {
  std::optional<kafka_trouble> kept;
  note(kept, no_answer);
  note(kept, wrong_password);
  note(kept, {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN});
  note(kept, no_answer);
  BOOST_REQUIRE(kept);
  BOOST_TEST(kept->code == RD_KAFKA_RESP_ERR__AUTHENTICATION);
}

BOOST_AUTO_TEST_SUITE_END()
