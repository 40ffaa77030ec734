#include "storage/kafka_consumer.hpp"

#include "storage/defaults.hpp"

namespace signalbox {

namespace {

using partition_list = kafka_owner<rd_kafka_topic_partition_list_t,
                                   rd_kafka_topic_partition_list_destroy>;

kafka_client::properties reading_rules() {
  return {// Manual assignment needs a group's name, and never joins it.
          {"group.id", "signalbox-unused"},
          {"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          // A hole or a lost beginning is an error, never a jump.
          {"auto.offset.reset", "error"},
          {"enable.partition.eof", "true"},
          // A stranger's open transaction must not hide later decisions.
          {"isolation.level", "read_uncommitted"},
          {"check.crcs", "true"},
          {"fetch.wait.max.ms", "100"},
          {"fetch.min.bytes", "1"},
          {"fetch.error.backoff.ms", "50"},
          {"queued.max.messages.kbytes", "16384"},
          {"allow.auto.create.topics", "false"},
          {"statistics.interval.ms",
           std::to_string(kafka_statistics_interval.count())}};
}

} // namespace

kafka_consumer::kafka_consumer(config given) : config_{std::move(given)} {
  callbacks_.problem = [this](rd_kafka_resp_err_t x) { problem_ = x; };
  callbacks_.statistics = [this](std::string_view text) {
    if (auto read =
            read_kafka_statistics(text, config_.topic, config_.partition))
      statistics_ = *read;
  };
  callbacks_.log = [this](std::string_view line) {
    if (config_.warn)
      config_.warn("Kafka consumer: " + std::string{line});
  };
}

result<std::unique_ptr<kafka_consumer>> kafka_consumer::open(config x) {
  auto out = std::unique_ptr<kafka_consumer>{new kafka_consumer{std::move(x)}};
  auto client =
      kafka_client::open(kafka_client::kind::consumer, out->config_.settings,
                         reading_rules(), out->callbacks_);
  if (!client)
    return client.error();
  out->client_ = std::move(*client);
  out->queue_.reset(rd_kafka_queue_get_consumer(out->client_.get()));
  if (out->config_.wake)
    wake_on(out->queue_.get(), &out->config_.wake);
  return out;
}

kafka_consumer::~kafka_consumer() {
  if (queue_)
    wake_on(queue_.get(), nullptr);
}

void kafka_consumer::read_from(std::uint64_t offset) {
  partition_list list{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), config_.topic.c_str(),
                                    config_.partition)
      ->offset = static_cast<std::int64_t>(offset);
  // Fails only for what is no list of partitions.
  rd_kafka_assign(client_.get(), list.get());
}

std::vector<kafka_message>
kafka_consumer::take(std::size_t max, std::chrono::milliseconds wait) {
  std::vector<kafka_message> out;
  auto timeout = static_cast<int>(wait.count());
  while (out.size() < max) {
    kafka_message x{rd_kafka_consumer_poll(client_.get(), timeout)};
    if (x == nullptr)
      break;
    timeout = 0;
    out.push_back(std::move(x));
  }
  return out;
}

result<std::uint64_t>
kafka_consumer::ask_end(std::chrono::milliseconds timeout) const {
  std::int64_t low = 0, high = 0;
  const auto error = rd_kafka_query_watermark_offsets(
      client_.get(), config_.topic.c_str(), config_.partition, &low, &high,
      static_cast<int>(timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure{errc::unavailable, "Kafka does not tell where topic " +
                                          config_.topic +
                                          " ends: " + describe(error)};
  return static_cast<std::uint64_t>(high);
}

std::optional<rd_kafka_resp_err_t> kafka_consumer::take_problem() {
  return std::exchange(problem_, std::nullopt);
}

std::optional<kafka_partition_statistics> kafka_consumer::take_statistics() {
  return std::exchange(statistics_, std::nullopt);
}

} // namespace signalbox
