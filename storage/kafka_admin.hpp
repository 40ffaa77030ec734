#pragma once

// Internal to storage, like kafka_client.hpp.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "storage/kafka_client.hpp"

namespace signalbox {

using kafka_admin_options =
    kafka_owner<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

/// What the brokers said against a topic, in this program's terms.
failure topic_failure(const kafka_trouble& x, const std::string& topic);

kafka_trouble trouble_of(rd_kafka_resp_err_t error, const char* text);

/// A client for one administrative call. What the client noticed meanwhile
/// explains a time-out better than the time-out does. Used by one thread.
class kafka_admin {
 public:
  /// `timeout` is for each request. Errors: those of kafka_client::open.
  static result<std::unique_ptr<kafka_admin>>
  open(const kafka_settings& settings, std::chrono::milliseconds timeout);

  rd_kafka_t* get() const { return client_.get(); }
  rd_kafka_queue_t* queue() const { return queue_.get(); }
  std::chrono::milliseconds timeout() const { return timeout_; }

  kafka_admin_options options(rd_kafka_admin_op_t what) const;

  /// The answer to what was asked through the queue. Errors: those of
  /// topic_failure().
  result<kafka_event> answer(const std::string& topic);

  /// `text` may be null.
  failure explain(rd_kafka_resp_err_t error, const std::string& topic,
                  const char* text);

  bool is_refused() const { return refused_at_.has_value(); }

  /// Whether brokers refuse this client, and have done so for a while: one
  /// that starts may do so for a moment, and another may not.
  bool gives_up();

 private:
  using steady = std::chrono::steady_clock;

  explicit kafka_admin(std::chrono::milliseconds timeout) : timeout_{timeout} {}

  void take(kafka_trouble x);

  std::chrono::milliseconds timeout_;
  std::optional<kafka_trouble> seen_;
  std::optional<steady::time_point> refused_at_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  kafka_queue queue_;
};

} // namespace signalbox
