#include "tests/system/kafka_client.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include <librdkafka/rdkafka.h>

namespace signalbox::test {

namespace {

constexpr int patience_ms = 30'000;

template <auto Destroy>
struct destroyer {
  template <class T>
  void operator()(T* x) const {
    Destroy(x);
  }
};

using client = std::unique_ptr<rd_kafka_t, destroyer<&rd_kafka_destroy>>;
using topic_handle =
    std::unique_ptr<rd_kafka_topic_t, destroyer<&rd_kafka_topic_destroy>>;
using message =
    std::unique_ptr<rd_kafka_message_t, destroyer<&rd_kafka_message_destroy>>;
using partitions =
    std::unique_ptr<rd_kafka_topic_partition_list_t,
                    destroyer<&rd_kafka_topic_partition_list_destroy>>;
using queue =
    std::unique_ptr<rd_kafka_queue_t, destroyer<&rd_kafka_queue_destroy>>;
using event =
    std::unique_ptr<rd_kafka_event_t, destroyer<&rd_kafka_event_destroy>>;
using new_topic =
    std::unique_ptr<rd_kafka_NewTopic_t, destroyer<&rd_kafka_NewTopic_destroy>>;
using options = std::unique_ptr<rd_kafka_AdminOptions_t,
                                destroyer<&rd_kafka_AdminOptions_destroy>>;

void demand(rd_kafka_resp_err_t error, const std::string& what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error{what + ": " + rd_kafka_err2str(error)};
}

/// `undelivered` counts what the broker has not confirmed.
void count_delivery(rd_kafka_t*, const rd_kafka_message_t* x,
                    void* undelivered) {
  if (x->err == RD_KAFKA_RESP_ERR_NO_ERROR)
    --*static_cast<std::size_t*>(undelivered);
}

client connect(rd_kafka_type_t type, const kafka_client::settings& wanted,
               std::size_t* undelivered = nullptr) {
  std::array<char, 512> text{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_opaque(conf, undelivered);
  if (undelivered != nullptr)
    rd_kafka_conf_set_dr_msg_cb(conf, count_delivery);
  for (const auto& [name, value] : wanted)
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(),
                          text.size()) != RD_KAFKA_CONF_OK)
      throw std::runtime_error{text.data()};
  client out{rd_kafka_new(type, conf, text.data(), text.size())};
  if (!out)
    throw std::runtime_error{text.data()};
  return out;
}

topic_handle open(const client& peer, const std::string& topic) {
  return topic_handle{rd_kafka_topic_new(peer.get(), topic.c_str(), nullptr)};
}

} // namespace

void kafka_client::create_topic(const std::string& topic, int replication,
                                const settings& more) const {
  const auto peer =
      connect(RD_KAFKA_PRODUCER, {{"bootstrap.servers", bootstrap_}});
  const new_topic wanted{
      rd_kafka_NewTopic_new(topic.c_str(), 1, replication, nullptr, 0)};
  for (const auto& [name, value] : more)
    demand(
        rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str()),
        name);
  const options patient{
      rd_kafka_AdminOptions_new(peer.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  rd_kafka_AdminOptions_set_operation_timeout(patient.get(), patience_ms,
                                              nullptr, 0);
  const queue answers{rd_kafka_queue_new(peer.get())};
  auto* topics = wanted.get();
  rd_kafka_CreateTopics(peer.get(), &topics, 1, patient.get(), answers.get());
  const event made{rd_kafka_queue_poll(answers.get(), patience_ms)};
  if (!made)
    throw std::runtime_error{"create_topic: no answer"};
  demand(rd_kafka_event_error(made.get()), "create_topic");
  std::size_t count = 0;
  const auto** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(made.get()), &count);
  demand(rd_kafka_topic_result_error(results[0]), "create_topic");
}

void kafka_client::produce(const std::string& topic,
                           const std::vector<std::string>& records) const {
  std::size_t undelivered = records.size();
  const auto peer = connect(RD_KAFKA_PRODUCER,
                            {{"bootstrap.servers", bootstrap_},
                             {"enable.idempotence", "true"},
                             {"message.timeout.ms", "30000"}},
                            &undelivered);
  const auto place = open(peer, topic);
  for (const auto& x : records)
    if (rd_kafka_produce(place.get(), 0, RD_KAFKA_MSG_F_COPY,
                         const_cast<char*>(x.data()), x.size(), nullptr, 0,
                         nullptr) != 0)
      demand(rd_kafka_last_error(), "produce");
  demand(rd_kafka_flush(peer.get(), patience_ms), "produce");
  if (undelivered != 0)
    throw std::runtime_error{std::to_string(undelivered) + " not delivered"};
}

std::vector<std::string> kafka_client::read(const std::string& topic) const {
  // Without a group librdkafka takes no assignment; this one stays unused.
  const auto peer =
      connect(RD_KAFKA_CONSUMER, {{"bootstrap.servers", bootstrap_},
                                  {"group.id", "unused"},
                                  {"enable.auto.commit", "false"},
                                  {"enable.partition.eof", "true"},
                                  {"auto.offset.reset", "error"}});
  rd_kafka_poll_set_consumer(peer.get());
  const partitions from{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(from.get(), topic.c_str(), 0)->offset =
      RD_KAFKA_OFFSET_BEGINNING;
  demand(rd_kafka_assign(peer.get(), from.get()), "read");
  std::vector<std::string> out;
  while (true) {
    const message x{rd_kafka_consumer_poll(peer.get(), patience_ms)};
    if (!x)
      throw std::runtime_error{"read: no answer"};
    if (x->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      return out;
    demand(x->err, "read");
    out.emplace_back(static_cast<const char*>(x->payload), x->len);
  }
}

int kafka_client::leader(const std::string& topic) const {
  const auto peer =
      connect(RD_KAFKA_PRODUCER, {{"bootstrap.servers", bootstrap_}});
  const auto place = open(peer, topic);
  const rd_kafka_metadata_t* found = nullptr;
  demand(rd_kafka_metadata(peer.get(), 0, place.get(), &found, patience_ms),
         "leader");
  const std::unique_ptr<const rd_kafka_metadata_t,
                        destroyer<&rd_kafka_metadata_destroy>>
      owner{found};
  const auto& known = found->topics[0];
  demand(known.err, topic);
  return known.partition_cnt == 0 ? -1 : known.partitions[0].leader;
}

} // namespace signalbox::test
