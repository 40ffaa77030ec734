#include "storage/kafka_admin.hpp"

#include <array>

#include "storage/defaults.hpp"

namespace signalbox {

using std::chrono::milliseconds;

namespace {

/// How often somebody who waits looks at what the client noticed.
constexpr int look_every = 100; // milliseconds

} // namespace

failure topic_failure(const kafka_trouble& x, const std::string& topic) {
  auto why = "Kafka, topic " + topic + ": " + explain(x);
  switch (x.code) {
  case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
    return {errc::conflict, std::move(why)};
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
  case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    return {errc::not_found, std::move(why)};
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
  case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    return {errc::forbidden, std::move(why)};
  case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
  case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    return {errc::bad_request, std::move(why)};
  default:
    return {errc::unavailable, std::move(why)};
  }
}

kafka_trouble trouble_of(rd_kafka_resp_err_t error, const char* text) {
  return {error, text == nullptr ? "" : text};
}

result<std::unique_ptr<kafka_admin>>
kafka_admin::open(const kafka_settings& settings, milliseconds timeout) {
  auto out = std::unique_ptr<kafka_admin>{new kafka_admin{timeout}};
  out->callbacks_.problem = [made = out.get()](kafka_trouble x) {
    made->take(std::move(x));
  };
  out->callbacks_.log = [](std::string_view) {};
  auto client = kafka_client::open(kafka_client::kind::producer, settings, {},
                                   out->callbacks_);
  if (!client)
    return client.error();
  out->client_ = std::move(*client);
  out->queue_.reset(rd_kafka_queue_new(out->get()));
  return out;
}

kafka_admin_options kafka_admin::options(rd_kafka_admin_op_t what) const {
  kafka_admin_options out{rd_kafka_AdminOptions_new(get(), what)};
  std::array<char, 256> text{};
  rd_kafka_AdminOptions_set_request_timeout(
      out.get(), static_cast<int>(timeout_.count()), text.data(), text.size());
  return out;
}

result<kafka_event> kafka_admin::answer(const std::string& topic) {
  const auto deadline = steady::now() + timeout_ + milliseconds{1000};
  kafka_event out;
  while (out == nullptr && steady::now() < deadline && !gives_up())
    out.reset(rd_kafka_queue_poll(queue(), look_every));
  if (out == nullptr)
    return explain(RD_KAFKA_RESP_ERR__TIMED_OUT, topic, nullptr);
  if (const auto error = rd_kafka_event_error(out.get()))
    return explain(error, topic, rd_kafka_event_error_string(out.get()));
  return out;
}

failure kafka_admin::explain(rd_kafka_resp_err_t error,
                             const std::string& topic, const char* text) {
  rd_kafka_poll(get(), 0);
  if (seen_ && (error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                error == RD_KAFKA_RESP_ERR__TRANSPORT))
    return topic_failure(*seen_, topic);
  return topic_failure(trouble_of(error, text), topic);
}

bool kafka_admin::gives_up() {
  rd_kafka_poll(get(), 0); // what the client noticed
  return refused_at_ && steady::now() > *refused_at_ + kafka_refusal_patience;
}

void kafka_admin::take(kafka_trouble x) {
  if (is_refusal(x) && !refused_at_)
    refused_at_ = steady::now();
  note(seen_, std::move(x));
}

} // namespace signalbox
