#include "storage/kafka_producer.hpp"

#include <array>
#include <utility>
#include <vector>

#include "storage/kafka_client.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

namespace {

/// Whether the brokers said no, and not merely nothing: the record is nowhere.
bool is_refused(const rd_kafka_message_t& x) {
  if (rd_kafka_message_status(&x) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    return false;
  switch (x.err) {
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
  case RD_KAFKA_RESP_ERR_INVALID_RECORD:
  case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    return true;
  default:
    return false;
  }
}

failure lost(const rd_kafka_message_t& x) {
  if (is_refused(x))
    return {errc::read_only, "Kafka refused the record: " + describe(x.err)};
  return {errc::pending,
          "Kafka did not confirm the record: " + describe(x.err)};
}

class producer final : public kafka_producer {
 public:
  explicit producer(config given) : config_{std::move(given)} {
    callbacks_.delivered = [this](const rd_kafka_message_t& x) { deliver(x); };
    callbacks_.problem = [this](const kafka_trouble& x) {
      fatal_ = fatal_ || x.code == RD_KAFKA_RESP_ERR__FATAL;
    };
    callbacks_.log = [this](std::string_view line) {
      if (config_.warn)
        config_.warn("Kafka producer: " + std::string{line});
    };
  }

  ~producer() override {
    close();
    send_gathered(); // to nobody: they are told so
  }

  result<void> connect() {
    auto client = kafka_client::open(
        kafka_client::kind::producer, config_.settings,
        {{"enable.idempotence", "true"},
         {"acks", "all"},
         {"linger.ms", "0"},
         {"message.max.bytes", "1048576"},
         {"message.timeout.ms", std::to_string(config_.limit.count())},
         {"request.timeout.ms", "3000"},
         {"allow.auto.create.topics", "false"},
         {"compression.codec", "none"}},
        callbacks_);
    if (!client)
      return client.error();
    client_ = std::move(*client);
    fatal_ = false;
    queue_.reset(rd_kafka_queue_get_main(client_.get()));
    if (config_.wake)
      wake_on(queue_.get(), &config_.wake);
    return {};
  }

  void produce(byte_view record, const kafka_target& to, done then) override {
    if (client_.get() == nullptr)
      return then(cannot_start());
    if (!config_.gathers || (on_way_ == 0 && gathered_.empty()))
      return send(record, to, std::move(then));
    gathered_.push_back({to_buffer(record), std::string{to.key}, to.at,
                         to.partition, steady::now(), std::move(then)});
  }

  void serve() override {
    if (client_.get() != nullptr)
      rd_kafka_poll(client_.get(), 0);
    if (fatal_ || client_.get() == nullptr)
      restart();
    if (on_way_ == 0)
      send_gathered();
  }

 private:
  using steady = std::chrono::steady_clock;

  struct gathered {
    byte_buffer record;
    std::string key;
    timestamp at;
    int partition;
    steady::time_point since;
    done then;
  };

  static failure cannot_start() {
    return {errc::unavailable, "the Kafka producer could not be started again"};
  }

  void send(byte_view record, const kafka_target& to, done then) {
    auto held = std::make_unique<done>(std::move(then));
    const auto error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(config_.topic.c_str()),
        RD_KAFKA_V_PARTITION(to.partition),
        RD_KAFKA_V_VALUE(const_cast<std::uint8_t*>(record.data()),
                         record.size()),
        RD_KAFKA_V_KEY(to.key.empty() ? nullptr : to.key.data(), to.key.size()),
        RD_KAFKA_V_TIMESTAMP(to_integer(to.at)),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(held.get()),
        RD_KAFKA_V_END);
    switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      static_cast<void>(held.release()); // deliver() takes it
      ++on_way_;
      return;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return (*held)(failure{errc::overloaded,
                             "too many records wait for Kafka: try again"});
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return (*held)(record_too_large(record.size()));
    case RD_KAFKA_RESP_ERR__FATAL:
      fatal_ = true;
      [[fallthrough]];
    default:
      (*held)(failure{errc::unavailable,
                      "Kafka takes no records: " + describe(error)});
    }
  }

  void send_gathered() {
    for (auto& x : std::exchange(gathered_, {}))
      if (client_.get() == nullptr)
        x.then(cannot_start());
      else if (steady::now() - x.since > kafka_gather_limit)
        x.then(failure{errc::unavailable,
                       "Kafka did not answer for those before it in time"});
      else
        send(x.record, {.key = x.key, .at = x.at, .partition = x.partition},
             std::move(x.then));
  }

  void deliver(const rd_kafka_message_t& x) {
    const std::unique_ptr<done> then{static_cast<done*>(x._private)};
    --on_way_;
    if (x.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      (*then)(static_cast<std::uint64_t>(x.offset));
    else
      (*then)(lost(x));
  }

  void restart() {
    std::array<char, 256> why{};
    if (client_.get() != nullptr) {
      rd_kafka_fatal_error(client_.get(), why.data(), why.size());
      if (config_.warn)
        config_.warn(std::string{"the Kafka producer begins anew: "} +
                     why.data());
    }
    close();
    if (auto started = connect(); !started && config_.warn)
      config_.warn("the Kafka producer cannot start: " +
                   started.error().message);
  }

  /// Whatever is in flight is answered: the log decides what became of it.
  void close() {
    if (client_.get() == nullptr)
      return;
    wake_on(queue_.get(), nullptr);
    rd_kafka_purge(client_.get(),
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(client_.get()) > 0 &&
           rd_kafka_poll(client_.get(), 100) > 0)
      ;
    queue_.reset();
    client_ = {};
    on_way_ = 0;
  }

  config config_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_queue queue_;
  bool fatal_ = false;
  std::size_t on_way_ = 0; ///< records whose fate is not known
  std::vector<gathered> gathered_;
};

} // namespace

result<std::unique_ptr<kafka_producer>> kafka_producer::open(config x) {
  auto out = std::make_unique<producer>(std::move(x));
  if (auto done = out->connect(); !done)
    return done.error();
  return out;
}

} // namespace signalbox
