#include "storage/kafka_consumer.hpp"

#include "storage/defaults.hpp"

namespace signalbox {

namespace {

using partition_list = kafka_owner<rd_kafka_topic_partition_list_t,
                                   rd_kafka_topic_partition_list_destroy>;

/// Most bytes of one partition that are fetched ahead, and how long the library
/// fetches nothing once it has them.
constexpr std::size_t queue_kilobytes = 16 * 1024;
constexpr const char* queue_pause = "fetch.queue.backoff.ms";

kafka_client::properties reading_rules(kafka_isolation isolation) {
  kafka_client::properties out{
      // Manual assignment needs a group's name, and never joins it.
      {"group.id", "signalbox-unused"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      // A hole or a lost beginning is an error, never a jump.
      {"auto.offset.reset", "error"},
      {"enable.partition.eof", "true"},
      // A stranger's open transaction must not hide later decisions.
      {"isolation.level", isolation == kafka_isolation::committed
                              ? "read_committed"
                              : "read_uncommitted"},
      {"check.crcs", "true"},
      {"fetch.wait.max.ms", "100"},
      {"fetch.min.bytes", "1"},
      {"fetch.error.backoff.ms", "50"},
      {"queued.max.messages.kbytes", std::to_string(queue_kilobytes)},
      {"allow.auto.create.topics", "false"},
      {"statistics.interval.ms",
       std::to_string(kafka_statistics_interval.count())}};
  if (kafka_client::knows(queue_pause))
    out.emplace_back(queue_pause, "5");
  return out;
}

} // namespace

byte_view bytes_of(const rd_kafka_message_t& x) {
  return {static_cast<const std::uint8_t*>(x.payload),
          x.payload == nullptr ? 0 : x.len};
}

timestamp time_of(const rd_kafka_message_t& x) {
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  return timestamp{rd_kafka_message_timestamp(&x, &kind)};
}

bool is_out_of_range(rd_kafka_resp_err_t x) {
  return x == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         x == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

kafka_consumer::kafka_consumer(config given)
    : config_{std::move(given)}, pauses_briefly_{
                                     kafka_client::knows(queue_pause)} {
  callbacks_.problem = [this](kafka_trouble x) { take_problem(std::move(x)); };
  callbacks_.statistics = [this](std::string_view x) { take_statistics(x); };
  callbacks_.log = [this](std::string_view line) {
    if (config_.warn)
      config_.warn("Kafka consumer: " + std::string{line});
  };
}

result<std::unique_ptr<kafka_consumer>> kafka_consumer::open(config x) {
  auto out = std::unique_ptr<kafka_consumer>{new kafka_consumer{std::move(x)}};
  auto client = kafka_client::open(
      kafka_client::kind::consumer, out->config_.settings,
      reading_rules(out->config_.isolation), out->callbacks_);
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
  // What is fetched at this moment must not outlive the client.
  if (client_.get() != nullptr)
    rd_kafka_assign(client_.get(), nullptr);
}

void kafka_consumer::read_from(std::uint64_t offset) {
  const place first{0, offset};
  read_from({&first, 1});
}

void kafka_consumer::read_from(std::span<const place> places) {
  partition_list list{
      rd_kafka_topic_partition_list_new(static_cast<int>(places.size()))};
  partitions_.clear();
  for (auto& x : places) {
    rd_kafka_topic_partition_list_add(list.get(), config_.topic.c_str(),
                                      x.partition)
        ->offset = static_cast<std::int64_t>(x.offset);
    partitions_.push_back(x.partition);
  }
  // Fails only for what is no list of partitions.
  rd_kafka_assign(client_.get(), list.get());
}

bool kafka_consumer::move(int partition, std::uint64_t offset) {
  partition_list list{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), config_.topic.c_str(),
                                    partition)
      ->offset = static_cast<std::int64_t>(offset);
  const kafka_owner<rd_kafka_error_t, rd_kafka_error_destroy> failed{
      rd_kafka_seek_partitions(client_.get(), list.get(), 0)};
  const auto told = list->elems[0].err;
  return failed == nullptr && (told == RD_KAFKA_RESP_ERR_NO_ERROR ||
                               told == RD_KAFKA_RESP_ERR__IN_PROGRESS);
}

void kafka_consumer::pause(bool on) {
  partition_list list{
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions_.size()))};
  for (const int x : partitions_)
    rd_kafka_topic_partition_list_add(list.get(), config_.topic.c_str(), x);
  // Fails only for partitions that are not assigned.
  (on ? rd_kafka_pause_partitions : rd_kafka_resume_partitions)(client_.get(),
                                                                list.get());
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
    taken_bytes_ += x->len;
    out.push_back(std::move(x));
  }
  if (!pauses_briefly_ && taken_bytes_ > queue_kilobytes * 1024 / 2)
    fetch_on(*out.back());
  return out;
}

/// An older library looks but once a second whether a full queue has room
/// again (librdkafka issue 2879); any request to the leader makes it look.
/// Where this was the last record the leader is asked for more already, and
/// would answer that first.
void kafka_consumer::fetch_on(const rd_kafka_message_t& last) {
  taken_bytes_ = 0;
  std::int64_t begin = 0, end = 0;
  rd_kafka_get_watermark_offsets(client_.get(), config_.topic.c_str(),
                                 last.partition, &begin, &end);
  if (last.offset + 1 < end)
    (void)ask_offset(last.partition, RD_KAFKA_OFFSET_END, kafka_wake_patience);
}

/// rd_kafka_query_watermark_offsets() would wait for a leader that has died
/// until it is back, whatever time it is given (tried: librdkafka 2.0.2).
result<std::uint64_t>
kafka_consumer::ask_offset(int partition, std::int64_t which,
                           std::chrono::milliseconds timeout) const {
  const partition_list list{rd_kafka_topic_partition_list_new(1)};
  auto* asked = rd_kafka_topic_partition_list_add(
      list.get(), config_.topic.c_str(), partition);
  asked->offset = which;
  auto error = rd_kafka_offsets_for_times(client_.get(), list.get(),
                                          static_cast<int>(timeout.count()));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    error = asked->offset < 0 && asked->err == RD_KAFKA_RESP_ERR_NO_ERROR
                ? RD_KAFKA_RESP_ERR__NO_OFFSET
                : asked->err;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure{errc::unavailable, "Kafka does not tell where topic " +
                                          config_.topic +
                                          " ends: " + describe(error)};
  return static_cast<std::uint64_t>(asked->offset);
}

result<kafka_consumer::range>
kafka_consumer::ask_range(int partition,
                          std::chrono::milliseconds timeout) const {
  auto begin = ask_offset(partition, RD_KAFKA_OFFSET_BEGINNING, timeout);
  if (!begin)
    return begin.error();
  auto end = ask_offset(partition, RD_KAFKA_OFFSET_END, timeout);
  if (!end)
    return end.error();
  return range{*begin, *end};
}

result<std::uint64_t>
kafka_consumer::ask_end(std::chrono::milliseconds timeout) const {
  return ask_offset(0, RD_KAFKA_OFFSET_END, timeout);
}

void kafka_consumer::take_problem(kafka_trouble x) {
  // It follows from the refusal that was told.
  if (x.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && is_refused_)
    return;
  is_refused_ = is_refusal(x);
  note(problem_, std::move(x));
}

void kafka_consumer::take_statistics(std::string_view text) {
  for (const int partition : partitions_) {
    auto read = read_kafka_statistics(text, config_.topic, partition);
    if (!read)
      return;
    statistics_ = *read;
    if (read->is_reachable)
      return;
  }
}

std::optional<std::string> kafka_consumer::take_problem() {
  const auto taken = std::exchange(problem_, std::nullopt);
  if (!taken)
    return std::nullopt;
  return explain(*taken);
}

std::optional<kafka_partition_statistics> kafka_consumer::take_statistics() {
  return std::exchange(statistics_, std::nullopt);
}

} // namespace signalbox
