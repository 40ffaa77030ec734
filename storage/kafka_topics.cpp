#include "storage/kafka_topics.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "storage/defaults.hpp"
#include "storage/kafka_admin.hpp"

namespace signalbox {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

using new_topic = kafka_owner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using deleted_topic =
    kafka_owner<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using resource =
    kafka_owner<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

/// In turns, to hear of refusals between them: short ones while there are some.
rd_kafka_resp_err_t ask_metadata(kafka_admin& session, const std::string& topic,
                                 const rd_kafka_metadata_t*& out) {
  const auto deadline = steady::now() + session.timeout();
  auto* handle = rd_kafka_topic_new(session.get(), topic.c_str(), nullptr);
  auto turn = kafka_first_look;
  rd_kafka_resp_err_t error{};
  for (;;) {
    error = rd_kafka_metadata(
        session.get(), 0, handle, &out,
        static_cast<int>(std::min(session.timeout(), turn).count()));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || session.gives_up() ||
        steady::now() >= deadline)
      break;
    turn = session.is_refused() ? kafka_first_look : kafka_request_patience;
  }
  rd_kafka_topic_destroy(handle);
  return error;
}

result<void> read_layout(kafka_admin& session, const std::string& topic,
                         kafka_topic_facts& out) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = ask_metadata(session, topic, raw);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return session.explain(error, topic, nullptr);
  const kafka_owner<const rd_kafka_metadata_t, rd_kafka_metadata_destroy> held{
      raw};
  if (raw->topic_cnt != 1)
    return topic_failure({RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART}, topic);
  const auto& found = raw->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return topic_failure({found.err}, topic);
  out.partitions = found.partition_cnt;
  for (int i = 0; i < found.partition_cnt; ++i) {
    const auto replicas = found.partitions[i].replica_cnt;
    out.replication = i == 0 ? replicas : std::min(out.replication, replicas);
  }
  return {};
}

result<void> read_settings(kafka_admin& session, const std::string& topic,
                           kafka_topic_facts& out) {
  resource wanted{
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())};
  auto* one = wanted.get();
  const auto options = session.options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  rd_kafka_DescribeConfigs(session.get(), &one, 1, options.get(),
                           session.queue());
  auto answered = session.answer(topic);
  if (!answered)
    return answered.error();
  std::size_t count = 0;
  auto** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(answered->get()), &count);
  if (count != 1)
    return topic_failure({RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART}, topic);
  if (const auto error = rd_kafka_ConfigResource_error(found[0]))
    return topic_failure(
        trouble_of(error, rd_kafka_ConfigResource_error_string(found[0])),
        topic);
  auto** entries = rd_kafka_ConfigResource_configs(found[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* value = rd_kafka_ConfigEntry_value(entries[i]);
    const std::string name = rd_kafka_ConfigEntry_name(entries[i]);
    out.settings[name] = value == nullptr ? "" : value;
    if (rd_kafka_ConfigEntry_source(entries[i]) ==
        RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
      out.own[name] = out.settings[name];
  }
  return {};
}

result<void> first_problem(const rd_kafka_topic_result_t** x, std::size_t count,
                           const std::string& topic) {
  for (std::size_t i = 0; i < count; ++i)
    if (const auto error = rd_kafka_topic_result_error(x[i]))
      return topic_failure(
          trouble_of(error, rd_kafka_topic_result_error_string(x[i])), topic);
  return {};
}

} // namespace

result<void>
kafka_topics::create(const std::string& topic, const kafka_layout& layout,
                     const std::map<std::string, std::string>& config) const {
  auto session = kafka_admin::open(settings_, timeout_);
  if (!session)
    return session.error();
  std::array<char, 256> text{};
  new_topic wanted{rd_kafka_NewTopic_new(topic.c_str(), layout.partitions,
                                         layout.replication, text.data(),
                                         text.size())};
  if (wanted == nullptr)
    return failure{errc::bad_request,
                   "Kafka, topic " + topic + ": " + text.data()};
  for (auto& [name, value] : config)
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  auto* one = wanted.get();
  const auto options = (*session)->options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_CreateTopics((*session)->get(), &one, 1, options.get(),
                        (*session)->queue());
  auto answered = (*session)->answer(topic);
  if (!answered)
    return answered.error();
  std::size_t count = 0;
  auto** made = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(answered->get()), &count);
  if (auto problem = first_problem(made, count, topic); !problem)
    return problem;
  return wait_until(topic, [](auto&) { return true; });
}

/// The controller answers before every broker knows of it.
result<void> kafka_topics::wait_until(const std::string& topic,
                                      const judge& is_known) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  for (;;) {
    auto found = describe(topic);
    if (!found && found.error().code != errc::not_found)
      return found.error();
    if (found && is_known(*found))
      return {};
    if (std::chrono::steady_clock::now() > deadline)
      return failure{errc::unavailable,
                     "Kafka, topic " + topic +
                         ": what was changed does not show in time"};
    std::this_thread::sleep_for(milliseconds{50});
  }
}

result<void> kafka_topics::remove(const std::string& topic) const {
  auto session = kafka_admin::open(settings_, timeout_);
  if (!session)
    return session.error();
  deleted_topic wanted{rd_kafka_DeleteTopic_new(topic.c_str())};
  auto* one = wanted.get();
  const auto options = (*session)->options(RD_KAFKA_ADMIN_OP_DELETETOPICS);
  rd_kafka_DeleteTopics((*session)->get(), &one, 1, options.get(),
                        (*session)->queue());
  auto answered = (*session)->answer(topic);
  if (!answered)
    return answered.error();
  std::size_t count = 0;
  auto** done = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(answered->get()), &count);
  return first_problem(done, count, topic);
}

result<kafka_topic_facts>
kafka_topics::describe(const std::string& topic) const {
  auto session = kafka_admin::open(settings_, timeout_);
  if (!session)
    return session.error();
  kafka_topic_facts out;
  if (auto read = read_layout(**session, topic, out); !read)
    return read.error();
  if (auto read = read_settings(**session, topic, out); !read)
    return read.error();
  return out;
}

result<void>
kafka_topics::change(const std::string& topic,
                     const std::map<std::string, std::string>& config) const {
  auto before = describe(topic);
  if (!before)
    return before.error();
  auto session = kafka_admin::open(settings_, timeout_);
  if (!session)
    return session.error();
  // The call replaces all that was set for the topic.
  auto all = before->own;
  for (auto& [name, value] : config)
    all[name] = value;
  resource wanted{
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())};
  for (auto& [name, value] : all)
    rd_kafka_ConfigResource_set_config(wanted.get(), name.c_str(),
                                       value.c_str());
  auto* one = wanted.get();
  const auto options = (*session)->options(RD_KAFKA_ADMIN_OP_ALTERCONFIGS);
  rd_kafka_AlterConfigs((*session)->get(), &one, 1, options.get(),
                        (*session)->queue());
  auto answered = (*session)->answer(topic);
  if (!answered)
    return answered.error();
  std::size_t count = 0;
  auto** done = rd_kafka_AlterConfigs_result_resources(
      rd_kafka_event_AlterConfigs_result(answered->get()), &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const auto error = rd_kafka_ConfigResource_error(done[i]))
      return topic_failure(
          trouble_of(error, rd_kafka_ConfigResource_error_string(done[i])),
          topic);
  return wait_until(topic, [&](auto& x) {
    return std::all_of(config.begin(), config.end(), [&](auto& y) {
      const auto i = x.settings.find(y.first);
      return i != x.settings.end() && i->second == y.second;
    });
  });
}

} // namespace signalbox
