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

/// Brokers that the client library plays in this process, for faults that real
/// ones show only by chance. They keep what they take in memory alone, and
/// cannot be administered.
class mock_brokers {
 public:
  /// Of the decisions, in these settings.
  static std::string topic() {
    return kafka_topic(kafka_settings{}, decisions_stream);
  }

  /// They are numbered from 1; the first one leads.
  explicit mock_brokers(int count = 1) : client_{make_client()} {
    cluster_.reset(rd_kafka_mock_cluster_new(client_.get(), count));
    if (!cluster_ ||
        rd_kafka_mock_topic_create(cluster_.get(), topic().c_str(), 1, count) !=
            RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error{"no mock cluster"};
    lead(1);
  }

  void lead(int broker) {
    rd_kafka_mock_partition_set_leader(cluster_.get(), topic().c_str(), 0,
                                       broker);
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

  /// Whether they know where partitions end.
  void know_ends(bool known) {
    constexpr std::int16_t list_offsets = 2;
    rd_kafka_mock_clear_request_errors(cluster_.get(), list_offsets);
    if (known)
      return;
    std::vector errors(1000, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE);
    rd_kafka_mock_push_request_errors_array(cluster_.get(), list_offsets,
                                            errors.size(), errors.data());
  }

  void set_down(bool down) {
    (down ? rd_kafka_mock_broker_set_down
          : rd_kafka_mock_broker_set_up)(cluster_.get(), 1);
  }

  void set_round_trip(int milliseconds) {
    rd_kafka_mock_broker_set_rtt(cluster_.get(), 1, milliseconds);
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
