#include "tests/kafka/stranger.hpp"

#include <array>
#include <stdexcept>

namespace signalbox::test {

namespace {

constexpr int patience_ms = 30'000;

void demand(rd_kafka_error_t* error) {
  if (error == nullptr)
    return;
  const std::string why = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error{why};
}

} // namespace

stranger::client stranger::connect(const std::string& bootstrap,
                                   const char* transaction, bool packs) {
  std::array<char, 512> text{};
  auto* conf = rd_kafka_conf_new();
  const auto set = [&](const char* name, const char* value) {
    if (rd_kafka_conf_set(conf, name, value, text.data(), text.size()) !=
        RD_KAFKA_CONF_OK)
      throw std::runtime_error{text.data()};
  };
  set("bootstrap.servers", bootstrap.c_str());
  if (transaction != nullptr)
    set("transactional.id", transaction);
  if (packs) {
    set("compression.codec", "gzip");
    set("message.max.bytes", "1000000000");
  }
  client out{rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size())};
  if (!out)
    throw std::runtime_error{text.data()};
  return out;
}

stranger::stranger(const std::string& bootstrap, const std::string& transaction)
    : bootstrap_{bootstrap}, plain_{connect(bootstrap, nullptr)},
      transactional_{connect(bootstrap, transaction.c_str())} {}

void stranger::send(rd_kafka_t* to, const std::string& topic,
                    const std::string* record) {
  auto* value = record == nullptr ? nullptr : const_cast<char*>(record->data());
  const auto size = record == nullptr ? 0 : record->size();
  const auto error = rd_kafka_producev(
      to, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
      RD_KAFKA_V_KEY("key", 3), RD_KAFKA_V_VALUE(value, size),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_flush(to, patience_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error{"a stranger's record was not written"};
}

void stranger::produce_packed(const std::string& topic, std::size_t bytes) {
  const std::string zeros(bytes, '\0');
  send(connect(bootstrap_, nullptr, true).get(), topic, &zeros);
}

void stranger::produce_null(const std::string& topic) {
  send(plain_.get(), topic, nullptr);
}

void stranger::drop_before(const std::string& topic, int partition,
                           std::int64_t offset) {
  auto* places = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(places, topic.c_str(), partition)->offset =
      offset;
  auto* wanted = rd_kafka_DeleteRecords_new(places);
  auto* queue = rd_kafka_queue_new(plain_.get());
  rd_kafka_DeleteRecords(plain_.get(), &wanted, 1, nullptr, queue);
  auto* done = rd_kafka_queue_poll(queue, patience_ms);
  const bool is_good = done != nullptr && rd_kafka_event_error(done) == 0;
  rd_kafka_event_destroy(done);
  rd_kafka_queue_destroy(queue);
  rd_kafka_DeleteRecords_destroy(wanted);
  rd_kafka_topic_partition_list_destroy(places);
  if (!is_good)
    throw std::runtime_error{"records were not dropped"};
}

void stranger::begin(const std::string& topic, const std::string& record) {
  if (!ready_)
    demand(rd_kafka_init_transactions(transactional_.get(), patience_ms));
  ready_ = true;
  demand(rd_kafka_begin_transaction(transactional_.get()));
  send(transactional_.get(), topic, &record);
}

void stranger::finish(ending how) {
  demand(how == ending::commit
             ? rd_kafka_commit_transaction(transactional_.get(), patience_ms)
             : rd_kafka_abort_transaction(transactional_.get(), patience_ms));
}

} // namespace signalbox::test
