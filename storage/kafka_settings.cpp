#include "storage/kafka_settings.hpp"

#include <algorithm>
#include <iterator>

namespace signalbox {

namespace {

constexpr std::string_view own_prefix = "signalbox.";

/// What says how to reach the brokers, and nothing about what is written.
constexpr std::string_view allowed[] = {"bootstrap.servers",
                                        "security.protocol",
                                        "sasl.",
                                        "ssl.",
                                        "broker.address.",
                                        "client.id",
                                        "client.rack",
                                        "reconnect.backoff.",
                                        "connections.",
                                        "metadata.max.age.ms"};

std::string_view trim(std::string_view x) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!x.empty() && blank(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && blank(x.back()))
    x.remove_suffix(1);
  return x;
}

/// A part of a topic's name. Dots part the parts; an underscore and a dot would
/// be one in the names of Kafka's metrics.
bool is_topic_part(std::string_view x) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !x.empty() && x.size() <= 64 && std::all_of(x.begin(), x.end(), good);
}

/// Who hands over a settings file is not to run anything here.
bool runs_something(std::string_view name) {
  return name == "sasl.kerberos.kinit.cmd" || name.starts_with("ssl.engine.");
}

bool is_allowed(std::string_view name) {
  if (runs_something(name))
    return false;
  return std::any_of(std::begin(allowed), std::end(allowed), [&](auto x) {
    return x.ends_with('.') ? name.starts_with(x) : name == x;
  });
}

/// A name as it may be told. The left side of a line may also be a piece of a
/// secret that was wrapped.
std::string told(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
  };
  const bool is_name =
      name.size() <= 48 && std::all_of(name.begin(), name.end(), plain);
  return is_name ? '\'' + std::string{name} + '\'' : "what it names";
}

failure wrong(std::size_t line, const std::string& what) {
  return {errc::bad_request,
          "line " + std::to_string(line) + " of the Kafka settings: " + what};
}

result<void> take(std::size_t line, std::string_view name,
                  std::string_view value, kafka_settings& out) {
  if (name.starts_with(own_prefix)) {
    const auto own = name.substr(own_prefix.size());
    if (own != "deployment" && own != "ledger")
      return wrong(line, "there is no setting like " + told(name) +
                             "; Signalbox's own are signalbox.deployment and "
                             "signalbox.ledger");
    if (!is_topic_part(value))
      return wrong(line, std::string{name} +
                             " must be 1 to 64 of a-z, 0-9 and hyphen, since "
                             "it is a part of the topics' names");
    (own == "deployment" ? out.deployment : out.ledger) = value;
    return {};
  }
  if (!is_allowed(name))
    return wrong(line, told(name) +
                           " cannot be set here: only how brokers are reached "
                           "(bootstrap.servers, security.protocol, sasl.*, "
                           "ssl.*, client.id and alike)");
  if (!out.client.emplace(name, value).second)
    return wrong(line, told(name) + " is given twice");
  return {};
}

} // namespace

std::string kafka_topic(const kafka_settings& x, std::string_view stream) {
  return x.deployment + '.' + x.ledger + '.' + std::string{stream} + ".v1";
}

result<kafka_settings> parse_kafka_settings(std::string_view text) {
  kafka_settings out;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto content = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty() || content.front() == '#')
      continue;
    const auto equals = content.find('=');
    if (equals == std::string_view::npos)
      return wrong(line, "expected NAME = VALUE");
    if (auto taken = take(line, trim(content.substr(0, equals)),
                          trim(content.substr(equals + 1)), out);
        !taken)
      return taken.error();
  }
  const auto servers = out.client.find("bootstrap.servers");
  if (servers == out.client.end() || servers->second.empty())
    return failure{errc::bad_request,
                   "the Kafka settings name no bootstrap.servers, such as "
                   "bootstrap.servers = kafka-1:9092,kafka-2:9092"};
  return out;
}

std::string to_text(const kafka_settings& x) {
  auto out = "signalbox.deployment = " + x.deployment +
             "\nsignalbox.ledger = " + x.ledger + '\n';
  for (auto& [name, value] : x.client)
    out += name + " = " + value + '\n';
  return out;
}

} // namespace signalbox
