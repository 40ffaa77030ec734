#pragma once

#include <map>
#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// Where a ledger lies on Apache Kafka, and how its brokers are reached. As a
/// file, one setting a line:
///
///     # a comment
///     bootstrap.servers = kafka-1:9092,kafka-2:9092
///     signalbox.deployment = acme
///     signalbox.ledger = main
///     security.protocol = SASL_SSL
///
/// `signalbox.` names the topics; the rest are properties of the client
/// library. What the protocol of the ledger needs to be one way (acks,
/// isolation.level and others) is not a setting.
struct kafka_settings {
  std::string deployment = "signalbox";
  std::string ledger = "main";
  /// May hold secrets: never in a message or a log line.
  std::map<std::string, std::string> client;
};

/// The topic of a stream: `<deployment>.<ledger>.<stream>.v1`.
std::string kafka_topic(const kafka_settings& x, std::string_view stream);

/// Errors: `bad_request` naming line and setting, never its value.
result<kafka_settings> parse_kafka_settings(std::string_view text);

/// The inverse of parse_kafka_settings.
std::string to_text(const kafka_settings& x);

} // namespace signalbox
