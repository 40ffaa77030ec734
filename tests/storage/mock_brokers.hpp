#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "storage/kafka_decisions.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox::test {

/// A broker that the client library plays in this process, for faults that a
/// real one shows only by chance. It keeps what it takes in memory alone,
/// and cannot be administered.
class mock_brokers {
 public:
  static constexpr int broker = 1;

  /// Of the decisions, in these settings.
  static std::string topic() {
    return kafka_topic(kafka_settings{}, decisions_stream);
  }

  mock_brokers() : client_{make_client()} {
    cluster_.reset(rd_kafka_mock_cluster_new(client_.get(), 1));
    if (!cluster_ ||
        rd_kafka_mock_topic_create(cluster_.get(), topic().c_str(), 1, 1) !=
            RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error{"no mock cluster"};
  }

  kafka_settings settings() const {
    kafka_settings out;
    out.client["bootstrap.servers"] =
        rd_kafka_mock_cluster_bootstraps(cluster_.get());
    return out;
  }

  /// The next requests to write are answered so, one after the other.
  void answer_writes(std::vector<rd_kafka_resp_err_t> errors) {
    constexpr std::int16_t produce = 0; // the protocol's number of it
    rd_kafka_mock_push_request_errors_array(cluster_.get(), produce,
                                            errors.size(), errors.data());
  }

  /// Whether it knows where its partitions end.
  void know_ends(bool known) {
    answer_ends(known ? 0 : 1000, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE);
  }

  /// The next questions where a partition ends are answered so, so many times.
  void answer_ends(std::size_t times, rd_kafka_resp_err_t error) {
    constexpr std::int16_t list_offsets = 2;
    rd_kafka_mock_clear_request_errors(cluster_.get(), list_offsets);
    std::vector errors(times, error);
    rd_kafka_mock_push_request_errors_array(cluster_.get(), list_offsets,
                                            errors.size(), errors.data());
  }

  void set_down(bool down) {
    (down ? rd_kafka_mock_broker_set_down
          : rd_kafka_mock_broker_set_up)(cluster_.get(), broker);
  }

  void set_round_trip(int milliseconds) {
    rd_kafka_mock_broker_set_rtt(cluster_.get(), broker, milliseconds);
  }

 private:
  struct destroyer {
    void operator()(rd_kafka_t* x) const { rd_kafka_destroy(x); }
    void operator()(rd_kafka_mock_cluster_t* x) const {
      rd_kafka_mock_cluster_destroy(x);
    }
  };

  static rd_kafka_t* make_client() {
    return rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
  }

  std::unique_ptr<rd_kafka_t, destroyer> client_;
  std::unique_ptr<rd_kafka_mock_cluster_t, destroyer> cluster_;
};

} // namespace signalbox::test
