#include "storage/kafka_verdict.hpp"

#include <charconv>

namespace signalbox {

const std::string& setting_of(const kafka_topic_facts& x,
                              const std::string& name) {
  static const std::string none;
  const auto found = x.settings.find(name);
  return found == x.settings.end() ? none : found->second;
}

std::int64_t number_of(const kafka_topic_facts& x, const std::string& name) {
  const auto& text = setting_of(x, name);
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string topic_advice(const kafka_topic_facts& x, const std::string& name,
                         const std::string& wanted, const std::string& why) {
  return name + " is '" + setting_of(x, name) + "' but must be '" + wanted +
         "': " + why +
         ". Change it with kafka-configs --alter --entity-type topics "
         "--add-config " +
         name + '=' + wanted;
}

void warn_of_replicas(const kafka_topic_facts& x, const std::string& so,
                      topic_verdict& out) {
  if (x.replication < 2)
    out.warnings.push_back("it has one replica: " + so + ". Three are advised");
  else if (number_of(x, "min.insync.replicas") < 2)
    out.warnings.push_back(
        topic_advice(x, "min.insync.replicas", "2",
                     "an acknowledged record could be on one disk alone"));
}

std::string
how_to_make_topic(const std::string& topic, int partitions,
                  const std::map<std::string, std::string>& config) {
  auto out = "make it with kafka-topics --create --bootstrap-server HOST:PORT "
             "--topic " +
             topic + " --partitions " + std::to_string(partitions) +
             " --replication-factor 3";
  for (auto& [name, value] : config)
    out += " --config " + name + '=' + value;
  return out;
}

std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (auto& x : lines)
    out += (out.empty() ? "" : "; ") + x;
  return out;
}

} // namespace signalbox
