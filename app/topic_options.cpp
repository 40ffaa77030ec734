#include "app/topic_options.hpp"

#include <algorithm>

#include "app/duration.hpp"
#include "app/kafka_file.hpp"

namespace signalbox {

namespace po = boost::program_options;

void add_topic_options(command_options& options, const std::string& what) {
  const auto text = "file of Kafka settings: " + what;
  options.add()("kafka", po::value<std::string>(), text.c_str())(
      "kafka-replication", po::value<int>()->default_value(3),
      "brokers that hold each record")(
      "kafka-min-in-sync", po::value<int>(),
      "of them, those that have it before it is acknowledged; by default 2, "
      "or the only one")(
      "kafka-flush-messages", po::value<int>()->default_value(1),
      "records between two syncs of a broker's disk; 0 leaves it to the "
      "broker")("kafka-report-partitions",
                po::value<int>()->default_value(default_report_partitions),
                "partitions of the clients' reports, for ever")(
      "kafka-reports-keep", po::value<std::string>()->default_value("30d"),
      "how long they are kept")(
      "kafka-activity-keep", po::value<std::string>()->default_value("30d"),
      "how long refused drafts and denied calls are kept");
}

result<std::optional<topic_plan>> read_topic_plan(const command_options& x) {
  if (!x.has("kafka"))
    return std::optional<topic_plan>{};
  topic_plan out;
  auto settings = read_kafka_settings(x.text("kafka"));
  if (!settings)
    return settings.error();
  out.kafka = std::move(*settings);
  out.layout.replication = x.get<int>("kafka-replication");
  out.layout.min_in_sync = x.has("kafka-min-in-sync")
                               ? x.get<int>("kafka-min-in-sync")
                               : std::min(2, out.layout.replication);
  out.layout.flush_messages = x.get<int>("kafka-flush-messages");
  out.report_partitions = x.get<int>("kafka-report-partitions");
  const std::pair<const char*, std::int64_t*> times[] = {
      {"kafka-reports-keep", &out.reports_keep},
      {"kafka-activity-keep", &out.activity_keep}};
  for (auto& [name, to] : times) {
    auto time = parse_duration(x.text(name));
    if (!time)
      return time.error();
    *to = *time;
  }
  if (auto checked = check(out); !checked)
    return checked.error();
  return std::optional{std::move(out)};
}

} // namespace signalbox
