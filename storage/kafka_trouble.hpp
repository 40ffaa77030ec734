#pragma once

// Internal to storage: what goes wrong between a node and its brokers.

#include <optional>
#include <string>

#include <librdkafka/rdkafka.h>

namespace signalbox {

/// What the client library noticed about its connections.
struct kafka_trouble {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  /// The library's: it names the broker, and never a password.
  std::string text = {};
  /// What is wrong with the certificate of a broker, as OpenSSL numbers it
  /// (X509_V_ERR_*); 0: nothing that is known.
  int certificate = 0;
};

/// What is wrong, at which broker, and what to do about it.
std::string explain(const kafka_trouble& x);

/// Whether the two ends refuse each other (password, certificate, protocol), so
/// that waiting helps only those who change a setting meanwhile.
bool is_refusal(const kafka_trouble& x);

/// Keeps what tells most: a refusal rather than what follows from it.
void note(std::optional<kafka_trouble>& kept, kafka_trouble x);

/// The library's word for an error, with its name: "Broker: Not leader for
/// partition (NOT_LEADER_FOR_PARTITION)".
std::string describe(rd_kafka_resp_err_t x);

} // namespace signalbox
