#include "storage/kafka_producer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "storage/kafka_client.hpp"
#include "storage/kafka_group_hold.hpp"
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
         // The library's thread may find half a group: the rest follows at
         // once, but not in many small requests.
         {"max.in.flight", config_.gathers ? "2" : "5"},
         {"message.max.bytes", "1048576"},
         {"message.timeout.ms", std::to_string(config_.limit.count())},
         {"request.timeout.ms", "3000"},
         {"allow.auto.create.topics", "false"},
         {"compression.codec", "none"}},
        callbacks_);
    if (!client)
      return client.error();
    client_ = std::move(*client);
    topic_.reset(
        rd_kafka_topic_new(client_.get(), config_.topic.c_str(), nullptr));
    if (!topic_) {
      client_ = {};
      return failure{errc::bad_request,
                     "no topic of Kafka can be named " + config_.topic};
    }
    fatal_ = false;
    queue_.reset(rd_kafka_queue_get_main(client_.get()));
    if (config_.wake)
      wake_on(queue_.get(), &config_.wake);
    return {};
  }

  void produce(byte_view record, const kafka_target& to, done then) override {
    if (client_.get() == nullptr)
      return then(cannot_start());
    auto x = std::make_unique<parcel>(
        parcel{to_buffer(record), std::string{to.key}, to.at, to.partition,
               steady::now(), std::move(then)});
    if (config_.gathers)
      gathered_.push_back(std::move(x));
    else
      send(std::move(x));
  }

  void serve() override {
    if (client_.get() != nullptr)
      rd_kafka_poll(client_.get(), 0);
    if (fatal_ || client_.get() == nullptr)
      restart();
    if (holds_back() && !waits_for_others())
      send_gathered();
  }

  bool holds_back() const override {
    return on_way_ == 0 && !gathered_.empty();
  }

 private:
  using steady = std::chrono::steady_clock;

  /// A record and who waits for its fate. The library reads it from here until
  /// it is delivered.
  struct parcel {
    byte_buffer record;
    std::string key;
    timestamp at;
    int partition;
    steady::time_point since;
    done then;
  };
  using parcel_pointer = std::unique_ptr<parcel>;

  bool waits_for_others() const {
    const auto since = std::max(gathered_.front()->since, free_since_);
    return hold_.holds(gathered_.size(), since, steady::now());
  }

  static failure cannot_start() {
    return {errc::unavailable, "the Kafka producer could not be started again"};
  }

  void send(parcel_pointer x) {
    const auto error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(topic_.get()),
        RD_KAFKA_V_PARTITION(x->partition),
        RD_KAFKA_V_VALUE(x->record.data(), x->record.size()),
        RD_KAFKA_V_KEY(x->key.empty() ? nullptr : x->key.data(), x->key.size()),
        RD_KAFKA_V_TIMESTAMP(to_integer(x->at)), RD_KAFKA_V_MSGFLAGS(0),
        RD_KAFKA_V_OPAQUE(x.get()), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      give_to_library(std::move(x));
    else
      refuse(*x, error);
  }

  /// At once: the library's thread sends what it finds, and a request for each
  /// record would cost the broker a sync for each. Times are not passed on.
  void send_together(std::vector<parcel_pointer> group) {
    if (group.empty())
      return;
    std::vector<rd_kafka_message_t> messages(group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
      auto& x = *group[i];
      messages[i].payload = x.record.data();
      messages[i].len = x.record.size();
      messages[i].key = x.key.empty() ? nullptr : x.key.data();
      messages[i].key_len = x.key.size();
      messages[i]._private = &x;
    }
    rd_kafka_produce_batch(topic_.get(), 0, 0, messages.data(),
                           static_cast<int>(messages.size()));
    // Before anybody is told, who may throw: the library reads the others.
    for (std::size_t i = 0; i < group.size(); ++i)
      if (messages[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
        give_to_library(std::move(group[i]));
    for (std::size_t i = 0; i < group.size(); ++i)
      if (group[i])
        refuse(*group[i], messages[i].err);
  }

  /// deliver() takes it back.
  void give_to_library(parcel_pointer x) {
    static_cast<void>(x.release());
    ++on_way_;
  }

  void refuse(const parcel& x, rd_kafka_resp_err_t error) {
    switch (error) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return x.then(failure{errc::overloaded,
                            "too many records wait for Kafka: try again"});
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return x.then(record_too_large(x.record.size()));
    case RD_KAFKA_RESP_ERR__FATAL:
      fatal_ = true;
      [[fallthrough]];
    default:
      x.then(failure{errc::unavailable,
                     "Kafka takes no records: " + describe(error)});
    }
  }

  void send_gathered() {
    hold_.note(gathered_.size());
    std::vector<parcel_pointer> group;
    for (auto& x : std::exchange(gathered_, {})) {
      if (client_.get() == nullptr)
        x->then(cannot_start());
      else if (steady::now() - x->since > kafka_gather_limit)
        x->then(failure{errc::unavailable,
                        "Kafka did not answer for those before it in time"});
      else if (to_integer(x->at) < 0)
        group.push_back(std::move(x));
      else {
        send_together(std::exchange(group, {}));
        send(std::move(x));
      }
    }
    send_together(std::move(group));
  }

  void deliver(const rd_kafka_message_t& report) {
    const parcel_pointer x{static_cast<parcel*>(report._private)};
    if (--on_way_ == 0)
      free_since_ = steady::now();
    if (report.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      x->then(report.offset < 0 ? unknown_offset
                                : static_cast<std::uint64_t>(report.offset));
    else
      x->then(lost(report));
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
    topic_.reset();
    client_ = {};
    on_way_ = 0;
  }

  config config_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_owner<rd_kafka_topic_t, rd_kafka_topic_destroy> topic_;
  kafka_queue queue_;
  bool fatal_ = false;
  std::size_t on_way_ = 0; ///< records whose fate is not known
  std::vector<parcel_pointer> gathered_;
  kafka_group_hold hold_;
  steady::time_point free_since_{}; ///< when nothing was on its way any more
};

} // namespace

result<std::unique_ptr<kafka_producer>> kafka_producer::open(config x) {
  auto out = std::make_unique<producer>(std::move(x));
  if (auto done = out->connect(); !done)
    return done.error();
  return out;
}

} // namespace signalbox
