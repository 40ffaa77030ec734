#include "storage/kafka_client.hpp"

#include <array>

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

void on_error(rd_kafka_t*, int error, const char*, void* opaque) {
  if (auto& then = callbacks_of(opaque).problem)
    then(static_cast<rd_kafka_resp_err_t>(error));
}

int on_statistics(rd_kafka_t*, char* text, std::size_t size, void* opaque) {
  if (auto& then = callbacks_of(opaque).statistics)
    then({text, size});
  return 0; // the library frees the text
}

void on_log(const rd_kafka_t* client, int, const char*, const char* text) {
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
  const properties patience{{"api.version.request.timeout.ms", "3000"},
                            {"socket.connection.setup.timeout.ms", "3000"},
                            {"socket.timeout.ms", "4000"},
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

void wake_on(rd_kafka_queue_t* queue, const std::function<void()>* wake) {
  const auto call = [](rd_kafka_t*, void* opaque) {
    (*static_cast<const std::function<void()>*>(opaque))();
  };
  rd_kafka_queue_cb_event_enable(
      queue, wake == nullptr ? nullptr : +call,
      const_cast<void*>(static_cast<const void*>(wake)));
}

std::string describe(rd_kafka_resp_err_t x) {
  return std::string{rd_kafka_err2str(x)} + " (" + rd_kafka_err2name(x) + ')';
}

} // namespace signalbox
