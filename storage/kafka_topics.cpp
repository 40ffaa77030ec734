#include "storage/kafka_topics.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "storage/kafka_client.hpp"

namespace signalbox {

namespace {

using std::chrono::milliseconds;

using new_topic = kafka_owner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using deleted_topic =
    kafka_owner<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using resource =
    kafka_owner<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using admin_options =
    kafka_owner<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

failure refused(rd_kafka_resp_err_t error, const std::string& topic,
                const char* text) {
  std::string why = "Kafka, topic " + topic + ": " + describe(error);
  if (text != nullptr && *text != '\0')
    why += std::string{": "} + text;
  switch (error) {
  case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
    return {errc::conflict, std::move(why)};
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
  case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    return {errc::not_found, std::move(why)};
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
  case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    return {errc::forbidden, std::move(why)};
  case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
  case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    return {errc::bad_request, std::move(why)};
  default:
    return {errc::unavailable, std::move(why)};
  }
}

/// A client for one administrative call. What the client noticed meanwhile
/// explains a time-out better than the time-out does.
class admin_session {
 public:
  static result<std::unique_ptr<admin_session>>
  open(const kafka_settings& settings, milliseconds timeout) {
    auto out = std::unique_ptr<admin_session>{new admin_session{timeout}};
    auto* seen = &out->seen_;
    out->callbacks_.problem = [seen](rd_kafka_resp_err_t x) { *seen = x; };
    out->callbacks_.log = [](std::string_view) {};
    auto client = kafka_client::open(kafka_client::kind::producer, settings, {},
                                     out->callbacks_);
    if (!client)
      return client.error();
    out->client_ = std::move(*client);
    out->queue_.reset(rd_kafka_queue_new(out->get()));
    return out;
  }

  rd_kafka_t* get() const { return client_.get(); }
  rd_kafka_queue_t* queue() const { return queue_.get(); }

  admin_options options(rd_kafka_admin_op_t what) const {
    admin_options out{rd_kafka_AdminOptions_new(get(), what)};
    std::array<char, 256> text{};
    rd_kafka_AdminOptions_set_request_timeout(
        out.get(), static_cast<int>(timeout_.count()), text.data(),
        text.size());
    return out;
  }

  /// The answer to what was asked, or why there is none.
  result<kafka_event> answer(const std::string& topic) {
    kafka_event out{rd_kafka_queue_poll(
        queue(), static_cast<int>(timeout_.count()) + 1000)};
    rd_kafka_poll(get(), 0); // what the client noticed
    if (out == nullptr)
      return explain(RD_KAFKA_RESP_ERR__TIMED_OUT, topic, nullptr);
    if (const auto error = rd_kafka_event_error(out.get()))
      return explain(error, topic, rd_kafka_event_error_string(out.get()));
    return out;
  }

  failure explain(rd_kafka_resp_err_t error, const std::string& topic,
                  const char* text) {
    rd_kafka_poll(get(), 0);
    if (seen_ != RD_KAFKA_RESP_ERR_NO_ERROR &&
        error == RD_KAFKA_RESP_ERR__TIMED_OUT)
      return refused(seen_, topic, "");
    return refused(error, topic, text);
  }

  milliseconds timeout() const { return timeout_; }

 private:
  explicit admin_session(milliseconds timeout) : timeout_{timeout} {}

  milliseconds timeout_;
  rd_kafka_resp_err_t seen_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_queue queue_;
};

result<void> read_layout(admin_session& session, const std::string& topic,
                         kafka_topic_facts& out) {
  auto* handle = rd_kafka_topic_new(session.get(), topic.c_str(), nullptr);
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error =
      rd_kafka_metadata(session.get(), 0, handle, &raw,
                        static_cast<int>(session.timeout().count()));
  rd_kafka_topic_destroy(handle);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return session.explain(error, topic, nullptr);
  const kafka_owner<const rd_kafka_metadata_t, rd_kafka_metadata_destroy> held{
      raw};
  if (raw->topic_cnt != 1)
    return refused(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic, nullptr);
  const auto& found = raw->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return refused(found.err, topic, nullptr);
  out.partitions = found.partition_cnt;
  for (int i = 0; i < found.partition_cnt; ++i) {
    const auto replicas = found.partitions[i].replica_cnt;
    out.replication = i == 0 ? replicas : std::min(out.replication, replicas);
  }
  return {};
}

result<void> read_settings(admin_session& session, const std::string& topic,
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
    return refused(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic, nullptr);
  if (const auto error = rd_kafka_ConfigResource_error(found[0]))
    return refused(error, topic,
                   rd_kafka_ConfigResource_error_string(found[0]));
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
      return refused(error, topic, rd_kafka_topic_result_error_string(x[i]));
  return {};
}

} // namespace

result<void>
kafka_topics::create(const std::string& topic, const kafka_layout& layout,
                     const std::map<std::string, std::string>& config) const {
  auto session = admin_session::open(settings_, timeout_);
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
  return wait_for(topic);
}

/// The controller answers before every broker knows of the topic.
result<void> kafka_topics::wait_for(const std::string& topic) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  for (;;) {
    auto found = describe(topic);
    if (found)
      return {};
    if (found.error().code != errc::not_found ||
        std::chrono::steady_clock::now() > deadline)
      return found.error();
    std::this_thread::sleep_for(milliseconds{50});
  }
}

result<void> kafka_topics::remove(const std::string& topic) const {
  auto session = admin_session::open(settings_, timeout_);
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
  auto session = admin_session::open(settings_, timeout_);
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
  auto session = admin_session::open(settings_, timeout_);
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
      return refused(error, topic,
                     rd_kafka_ConfigResource_error_string(done[i]));
  return {};
}

} // namespace signalbox
