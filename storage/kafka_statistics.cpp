#include "storage/kafka_statistics.hpp"

#include <boost/json/parse.hpp>

namespace signalbox {

namespace json = boost::json;

namespace {

const json::object* member(const json::object& in, std::string_view name) {
  const auto* x = in.if_contains(name);
  return x == nullptr ? nullptr : x->if_object();
}

std::int64_t number(const json::object& in, std::string_view name,
                    std::int64_t otherwise) {
  const auto* x = in.if_contains(name);
  return x != nullptr && x->is_int64() ? x->get_int64() : otherwise;
}

const json::object* find_partition(const json::object& all,
                                   const std::string& topic, int partition) {
  const auto* topics = member(all, "topics");
  const auto* found = topics == nullptr ? nullptr : member(*topics, topic);
  const auto* parts = found == nullptr ? nullptr : member(*found, "partitions");
  return parts == nullptr ? nullptr : member(*parts, std::to_string(partition));
}

const json::object* find_broker(const json::object& all, std::int64_t node) {
  if (const auto* brokers = member(all, "brokers"))
    for (auto& [name, x] : *brokers)
      if (const auto* broker = x.if_object();
          broker != nullptr && number(*broker, "nodeid", -1) == node)
        return broker;
  return nullptr;
}

} // namespace

std::optional<kafka_partition_statistics>
read_kafka_statistics(std::string_view text, const std::string& topic,
                      int partition) {
  boost::system::error_code wrong;
  const auto parsed = json::parse({text.data(), text.size()}, wrong);
  if (wrong || !parsed.is_object())
    return std::nullopt;
  const auto& all = parsed.get_object();
  kafka_partition_statistics out;
  const auto* found = find_partition(all, topic, partition);
  if (found == nullptr)
    return out;
  out.high_watermark = number(*found, "hi_offset", -1);
  const auto leader = number(*found, "leader", -1);
  const auto* broker = leader < 0 ? nullptr : find_broker(all, leader);
  if (broker == nullptr)
    return out;
  const auto* state = broker->if_contains("state");
  out.is_reachable =
      state != nullptr && state->is_string() && state->get_string() == "UP";
  out.silent_for = number(*broker, "rxidle", 0);
  return out;
}

} // namespace signalbox
