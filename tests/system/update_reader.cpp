#include "tests/system/update_reader.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <librdkafka/rdkafka.h>

namespace signalbox::test {

namespace json = boost::json;

std::string update_seen::id() const {
  return std::string{std::string_view{event.at("id").as_string()}};
}

std::uint64_t update_seen::index() const {
  return event.at("data").at("index").to_number<std::uint64_t>();
}

struct update_reader::client {
  client(const std::string& bootstrap, const std::string& topic,
         const settings& more) {
    std::array<char, 512> text{};
    auto* conf = rd_kafka_conf_new();
    settings wanted{{"bootstrap.servers", bootstrap},
                    {"group.id", "unused"},
                    {"enable.auto.commit", "false"},
                    {"auto.offset.reset", "earliest"},
                    {"isolation.level", "read_committed"}};
    wanted.insert(wanted.end(), more.begin(), more.end());
    for (auto& [name, value] : wanted)
      if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(),
                            text.size()) != RD_KAFKA_CONF_OK)
        throw std::runtime_error{text.data()};
    peer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text.data(), text.size());
    if (peer == nullptr)
      throw std::runtime_error{text.data()};
    rd_kafka_poll_set_consumer(peer);
    auto* from = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(from, topic.c_str(), 0)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(peer, from);
    rd_kafka_topic_partition_list_destroy(from);
  }
  client(const client&) = delete;
  ~client() {
    rd_kafka_consumer_close(peer);
    rd_kafka_destroy(peer);
  }

  rd_kafka_t* peer = nullptr;
};

namespace {

std::string header_of(const rd_kafka_message_t& x, const char* name) {
  rd_kafka_headers_t* all = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&x, &all) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(all, name, &value, &size) !=
          RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const char*>(value), size};
}

update_seen read(const rd_kafka_message_t& x) {
  update_seen out;
  out.key = {static_cast<const char*>(x.key), x.key_len};
  out.value = {static_cast<const char*>(x.payload), x.len};
  out.content_type = header_of(x, "content-type");
  out.event = json::parse(out.value);
  return out;
}

} // namespace

update_reader::update_reader(std::string bootstrap, std::string topic,
                             settings more)
    : bootstrap_{std::move(bootstrap)}, topic_{std::move(topic)},
      more_{std::move(more)} {
  begin_anew();
}

update_reader::~update_reader() = default;

void update_reader::begin_anew() {
  seen_.clear();
  client_.reset();
  client_ = std::make_unique<client>(bootstrap_, topic_, more_);
}

bool update_reader::reads_until(const std::function<bool()>& holds,
                                std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds() && std::chrono::steady_clock::now() < deadline) {
    auto* x = rd_kafka_consumer_poll(client_->peer, 50);
    if (x == nullptr)
      continue;
    if (x->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      seen_.push_back(read(*x));
    rd_kafka_message_destroy(x);
  }
  return holds();
}

bool update_reader::has(const std::string& key) const {
  return std::any_of(seen_.begin(), seen_.end(),
                     [&](auto& x) { return x.key == key; });
}

const update_seen& update_reader::last(const std::string& key) const {
  return *std::find_if(seen_.rbegin(), seen_.rend(),
                       [&](auto& x) { return x.key == key; });
}

} // namespace signalbox::test
