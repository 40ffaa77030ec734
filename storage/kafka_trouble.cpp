#include "storage/kafka_trouble.hpp"

#include <string_view>

#include <openssl/x509_vfy.h>

namespace signalbox {

namespace {

/// Brokers from Kafka 4 on refuse the SCRAM of clients before this one.
constexpr int first_with_sound_scram = 0x02060100;

bool has(const kafka_trouble& x, std::string_view what) {
  return x.text.find(what) != std::string::npos;
}

bool is_of_password(const kafka_trouble& x) {
  return x.code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
         x.code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
         x.code == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM ||
         x.code == RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE;
}

/// The library guesses so where a broker hangs up on its first request.
bool is_of_protocol(const kafka_trouble& x) {
  return x.code == RD_KAFKA_RESP_ERR__TRANSPORT && has(x, "security.protocol");
}

/// Newer libraries tell a listener without TLS by turns as either.
bool is_of_tls(const kafka_trouble& x) {
  return x.code == RD_KAFKA_RESP_ERR__SSL ||
         (x.code == RD_KAFKA_RESP_ERR__TRANSPORT && has(x, "Disconnected") &&
          has(x, "in state SSL_HANDSHAKE"));
}

/// The broker's last word in the handshake.
bool is_refused_certificate(const kafka_trouble& x) {
  return has(x, "alert bad certificate") || has(x, "certificate required") ||
         has(x, "alert unknown ca") || has(x, "alert certificate");
}

std::string password_advice(const kafka_trouble& x) {
  if (has(x, "SCRAM") && rd_kafka_version() < first_with_sound_scram)
    return std::string{"This build has librdkafka "} + rd_kafka_version_str() +
           ", whose SCRAM brokers of Kafka 4 refuse whatever the password is: "
           "use sasl.mechanisms = PLAIN over SASL_SSL, client certificates, or "
           "a build with librdkafka 2.6.1 or newer";
  return "Correct sasl.mechanisms, sasl.username and sasl.password in the "
         "Kafka settings";
}

std::string certificate_advice(int certificate) {
  const std::string why = std::string{"The broker's certificate is refused ("} +
                          X509_verify_cert_error_string(certificate) + "): ";
  switch (certificate) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return why + "it is for another host: name the brokers in "
                 "bootstrap.servers, and in their advertised.listeners, as "
                 "their certificates do";
  case X509_V_ERR_CERT_HAS_EXPIRED:
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return why + "renew it at the broker, or set this machine's clock";
  default:
    return why + "set ssl.ca.location to the file of the authority that "
                 "signed it";
  }
}

bool is_of_permission(const kafka_trouble& x) {
  return x.code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         x.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         x.code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
         x.code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

std::string advice(const kafka_trouble& x) {
  if (is_of_permission(x))
    return "The brokers' authorizer refuses this user: allow it with "
           "kafka-acls what docs/operating.md lists";
  if (x.certificate != 0)
    return certificate_advice(x.certificate);
  if (is_of_password(x))
    return password_advice(x);
  if (is_refused_certificate(x))
    return "The broker refuses this node's certificate: set "
           "ssl.certificate.location and ssl.key.location to one that the "
           "brokers' authority signed";
  if (is_of_tls(x))
    return "The SSL handshake failed. Does this listener speak TLS? Compare "
           "bootstrap.servers and security.protocol with the brokers' "
           "listeners";
  if (is_of_protocol(x))
    return "This listener may want TLS: set security.protocol to SSL or "
           "SASL_SSL, as the brokers' listeners say";
  return "";
}

/// Without how long it took, which differs each time.
std::string_view without_time(std::string_view text) {
  return text.substr(0, text.rfind(" (after "));
}

} // namespace

std::string explain(const kafka_trouble& x) {
  auto out = describe(x.code);
  // Of a certificate the library tells less than is known.
  if (!x.text.empty())
    out += ": " + std::string{without_time(x.text)};
  if (const auto what = advice(x); !what.empty())
    out += ". " + what;
  return out;
}

bool is_refusal(const kafka_trouble& x) {
  return is_of_password(x) || is_of_tls(x) || is_of_protocol(x) ||
         is_refused_certificate(x);
}

void note(std::optional<kafka_trouble>& kept, kafka_trouble x) {
  if (kept && is_refusal(*kept) && !is_refusal(x))
    return;
  if (kept && x.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    return;
  kept = std::move(x);
}

std::string describe(rd_kafka_resp_err_t x) {
  return std::string{rd_kafka_err2str(x)} + " (" + rd_kafka_err2name(x) + ')';
}

} // namespace signalbox
