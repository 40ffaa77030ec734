#include "storage/kafka_client.hpp"

#include <array>
#include <cstdio>

#include <openssl/x509_vfy.h>

#include "storage/defaults.hpp"

namespace signalbox {

namespace {

using conf = kafka_owner<rd_kafka_conf_t, rd_kafka_conf_destroy>;

kafka_callbacks& callbacks_of(void* opaque) {
  return *static_cast<kafka_callbacks*>(opaque);
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* x, void* opaque) {
  if (auto& then = callbacks_of(opaque).delivered)
    then(*x);
}

void on_error(rd_kafka_t*, int error, const char* text, void* opaque) {
  auto& callbacks = callbacks_of(opaque);
  kafka_trouble x{static_cast<rd_kafka_resp_err_t>(error),
                  text == nullptr ? "" : text};
  if (x.code == RD_KAFKA_RESP_ERR__SSL)
    x.certificate = callbacks.certificate;
  if (callbacks.problem)
    callbacks.problem(std::move(x));
}

/// The library's own text names every fault of a certificate alike. Called on
/// its threads, for each certificate of a chain.
int on_certificate(rd_kafka_t*, const char*, std::int32_t, int* error, int,
                   const char*, std::size_t, char* text, std::size_t size,
                   void* opaque) {
  callbacks_of(opaque).certificate = *error;
  if (*error == X509_V_OK)
    return 1;
  std::snprintf(text, size, "%s", X509_verify_cert_error_string(*error));
  return 0;
}

int on_statistics(rd_kafka_t*, char* text, std::size_t size, void* opaque) {
  if (auto& then = callbacks_of(opaque).statistics)
    then({text, size});
  return 0; // the library frees the text
}

/// Told as a problem, which names the remedy; here it would come each second.
bool is_told_elsewhere(std::string_view facility) {
  return facility == "SSLCERTVRFY";
}

void on_log(const rd_kafka_t* client, int, const char* facility,
            const char* text) {
  if (is_told_elsewhere(facility))
    return;
  if (auto& then = callbacks_of(rd_kafka_opaque(client)).log)
    then(text);
}

result<void> set(rd_kafka_conf_t* to, const char* name,
                 const std::string& value) {
  // The library's own text quotes the value, which may be a secret.
  std::array<char, 512> text{};
  const auto done =
      rd_kafka_conf_set(to, name, value.c_str(), text.data(), text.size());
  if (done == RD_KAFKA_CONF_OK)
    return {};
  return failure{errc::bad_request,
                 std::string{"the Kafka setting "} + name +
                     (done == RD_KAFKA_CONF_UNKNOWN
                          ? " does not exist, or is not in this build of the "
                            "client library"
                          : " has a value that the client library refuses")};
}

} // namespace

void kafka_client::closer::operator()(rd_kafka_t* x) const {
  rd_kafka_destroy_flags(x, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

result<kafka_client> kafka_client::open(kind what,
                                        const kafka_settings& settings,
                                        const properties& own,
                                        kafka_callbacks& callbacks) {
  conf made{rd_kafka_conf_new()};
  // A leader that hangs is given up before a record's time is over.
  const properties patience{
      {"api.version.request.timeout.ms", "3000"},
      {"socket.connection.setup.timeout.ms", "3000"},
      {"socket.timeout.ms", std::to_string(kafka_request_patience.count())},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"}};
  for (auto& [name, value] : patience)
    if (auto done = set(made.get(), name, value); !done)
      return done.error();
  for (auto& [name, value] : settings.client)
    if (auto done = set(made.get(), name.c_str(), value); !done)
      return done.error();
  for (auto& [name, value] : own)
    if (auto done = set(made.get(), name, value); !done)
      return done.error();
  rd_kafka_conf_set_opaque(made.get(), &callbacks);
  rd_kafka_conf_set_error_cb(made.get(), on_error);
  rd_kafka_conf_set_ssl_cert_verify_cb(made.get(), on_certificate);
  rd_kafka_conf_set_stats_cb(made.get(), on_statistics);
  rd_kafka_conf_set_log_cb(made.get(), on_log);
  if (what == kind::producer)
    rd_kafka_conf_set_dr_msg_cb(made.get(), on_delivery);
  std::array<char, 512> text{};
  kafka_client out;
  out.client_.reset(rd_kafka_new(what == kind::producer ? RD_KAFKA_PRODUCER
                                                        : RD_KAFKA_CONSUMER,
                                 made.get(), text.data(), text.size()));
  if (out.client_ == nullptr)
    return failure{errc::io, std::string{"the Kafka client cannot start: "} +
                                 text.data()};
  static_cast<void>(made.release()); // the client's now
  if (what == kind::consumer)
    rd_kafka_poll_set_consumer(out.get());
  return out;
}

bool kafka_client::knows(const char* setting) {
  const conf any{rd_kafka_conf_new()};
  std::size_t size = 0;
  return rd_kafka_conf_get(any.get(), setting, nullptr, &size) ==
         RD_KAFKA_CONF_OK;
}

void wake_on(rd_kafka_queue_t* queue, const std::function<void()>* wake) {
  const auto call = [](rd_kafka_t*, void* opaque) {
    (*static_cast<const std::function<void()>*>(opaque))();
  };
  rd_kafka_queue_cb_event_enable(
      queue, wake == nullptr ? nullptr : +call,
      const_cast<void*>(static_cast<const void*>(wake)));
}

} // namespace signalbox
