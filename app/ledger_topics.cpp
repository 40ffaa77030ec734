#include "app/ledger_topics.hpp"

#include "storage/kafka_stream_copy.hpp"
#include "storage/kafka_updates_topic.hpp"

namespace signalbox {

result<void> check(const topic_plan& x) {
  if (x.layout.replication < 1)
    return failure{errc::bad_request, "--kafka-replication must be 1 or more"};
  if (x.layout.min_in_sync < 1 || x.layout.min_in_sync > x.layout.replication)
    return failure{errc::bad_request,
                   "--kafka-min-in-sync must be 1 to " +
                       std::to_string(x.layout.replication) +
                       ", the number of replicas (--kafka-replication); "
                       "with more nothing would ever be acknowledged"};
  if (x.report_partitions < 1 ||
      x.report_partitions > kafka_stream_copy::max_partitions)
    return failure{errc::bad_request,
                   "--kafka-report-partitions must be 1 to " +
                       std::to_string(kafka_stream_copy::max_partitions)};
  if (x.reports_keep < 1000 || x.activity_keep < 1000)
    return failure{errc::bad_request,
                   "--kafka-reports-keep and --kafka-activity-keep must be at "
                   "least 1s"};
  return {};
}

ledger_topics::~ledger_topics() {
  for (auto& x : made_)
    (void)kafka_topics{plan_.kafka}.remove(x);
}

std::vector<ledger_topics::stream>
ledger_topics::all(kafka_timestamps stamps) const {
  return {
      {decisions_stream, 1, decisions_config(plan_.layout, stamps)},
      {reports_stream, plan_.report_partitions,
       stream_config(plan_.layout, plan_.reports_keep)},
      {activity_stream, 1, stream_config(plan_.layout, plan_.activity_keep)},
      {updates_stream, 1, updates_config(plan_.layout)}};
}

std::vector<std::string> ledger_topics::names() const {
  std::vector<std::string> out;
  for (auto& x : all(kafka_timestamps::append))
    out.push_back(kafka_topic(plan_.kafka, x.name));
  return out;
}

result<void> ledger_topics::make(kafka_timestamps stamps) {
  for (auto& x : all(stamps))
    if (auto done = make(x); !done)
      return done;
  return {};
}

result<void> ledger_topics::complete() {
  for (auto& x : all(kafka_timestamps::append))
    if (std::string_view{x.name} != decisions_stream)
      if (auto done = make(x); !done && done.error().code != errc::conflict)
        return done;
  return {};
}

result<void> ledger_topics::make(const stream& x) {
  auto layout = plan_.layout;
  layout.partitions = x.partitions;
  const auto topic = kafka_topic(plan_.kafka, x.name);
  auto done = kafka_topics{plan_.kafka}.create(topic, layout, x.config);
  if (!done)
    return with_hint(done.error());
  made_.push_back(topic);
  return {};
}

failure ledger_topics::with_hint(failure x) {
  if (x.code == errc::conflict)
    x.message += ". It holds a ledger, or what a creation left that was "
                 "killed. Make a node of that ledger with `signalbox ledger "
                 "join`, or name another with signalbox.ledger in the Kafka "
                 "settings, or delete the topic if nobody needs it";
  else if (x.message.find("INVALID_REPLICATION_FACTOR") != x.message.npos)
    x.message += ". --kafka-replication and --kafka-min-in-sync must fit the "
                 "number of brokers";
  return x;
}

} // namespace signalbox
