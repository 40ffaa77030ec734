#include "storage/kafka_transactions.hpp"

#include <array>
#include <optional>

#include "storage/defaults.hpp"
#include "storage/kafka_client.hpp"

namespace signalbox {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;
using problem = kafka_owner<rd_kafka_error_t, rd_kafka_error_destroy>;

bool is_fenced(rd_kafka_resp_err_t x) {
  return x == RD_KAFKA_RESP_ERR__FENCED ||
         x == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         x == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

class transactions final : public kafka_transactions {
 public:
  explicit transactions(config given) : config_{std::move(given)} {
    callbacks_.delivered = [this](const rd_kafka_message_t& x) { note(x); };
    callbacks_.problem = [](const kafka_trouble&) {};
    callbacks_.log = [this](std::string_view line) {
      if (config_.warn)
        config_.warn("Kafka producer of changes: " + std::string{line});
    };
  }

  result<void> connect() {
    auto client = kafka_client::open(
        kafka_client::kind::producer, config_.settings,
        {{"transactional.id", config_.transactional_id},
         {"transaction.timeout.ms",
          std::to_string(kafka_transaction_limit.count())},
         {"acks", "all"},
         {"linger.ms", "0"},
         {"message.max.bytes", "1048576"},
         {"message.timeout.ms", std::to_string(kafka_delivery_limit.count())},
         {"request.timeout.ms", "3000"},
         {"allow.auto.create.topics", "false"},
         {"compression.codec", "none"}},
        callbacks_);
    if (!client)
      return client.error();
    client_ = std::move(*client);
    return insist([this](int ms) {
      return rd_kafka_init_transactions(client_.get(), ms);
    });
  }

  result<range> write(std::span<const update_message> messages) override {
    delivered_.reset();
    problem failed{rd_kafka_begin_transaction(client_.get())};
    if (failed)
      return explain(*failed);
    for (auto& x : messages)
      if (auto sent = send(x); !sent)
        return abandon(sent.error());
    auto done = insist([this](int ms) {
      return rd_kafka_commit_transaction(client_.get(), ms);
    });
    if (!done)
      return abandon(done.error());
    // Reports that came behind the commit's answer.
    rd_kafka_poll(client_.get(), 0);
    return delivered_.value_or(range{});
  }

 private:
  void note(const rd_kafka_message_t& x) {
    if (x.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return;
    const auto offset = static_cast<std::uint64_t>(x.offset);
    if (!delivered_)
      delivered_ = range{offset, offset};
    delivered_->last = offset;
  }

  result<void> send(const update_message& x) {
    const auto error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(config_.topic.c_str()),
        RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_KEY(x.key.data(), x.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(x.value.data()), x.value.size()),
        RD_KAFKA_V_HEADER("content-type", x.content_type.data(),
                          static_cast<ssize_t>(x.content_type.size())),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      return {};
    return explain(error, nullptr);
  }

  /// Tells the brokers that nothing of it counts, so that whoever reads on need
  /// not wait until the transaction's time is up.
  failure abandon(failure why) {
    if (why.code == errc::conflict)
      return why;
    problem failed{rd_kafka_abort_transaction(client_.get(), slice_ms)};
    if (failed && is_fenced(fatal_error()))
      return explain(*failed);
    return why;
  }

  /// Repeats what may be repeated, in slices, so that a stop need not wait.
  template <class F>
  result<void> insist(F call) {
    const auto deadline = steady::now() + config_.patience;
    for (;;) {
      problem failed{call(slice_ms)};
      rd_kafka_poll(client_.get(), 0);
      if (!failed)
        return {};
      if (!rd_kafka_error_is_retriable(failed.get()) ||
          steady::now() > deadline || (config_.gives_up && config_.gives_up()))
        return explain(*failed);
    }
  }

  rd_kafka_resp_err_t fatal_error() const {
    std::array<char, 256> why{};
    return rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  }

  failure explain(const rd_kafka_error_t& x) const {
    return explain(rd_kafka_error_code(&x), rd_kafka_error_string(&x));
  }

  failure explain(rd_kafka_resp_err_t code, const char* text) const {
    const auto fatal = fatal_error();
    if (is_fenced(code) || is_fenced(fatal))
      return {errc::conflict,
              "another node has taken over topic " + config_.topic};
    const bool refused =
        code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
        code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
        code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
    return {refused ? errc::forbidden : errc::unavailable,
            "Kafka takes no changes for topic " + config_.topic +
                " under the transactional id " + config_.transactional_id +
                ": " + describe(code) +
                (text == nullptr ? "" : std::string{": "} + text)};
  }

  static constexpr int slice_ms = 500;

  config config_;
  kafka_callbacks callbacks_; // outlives the client
  kafka_client client_;
  std::optional<range> delivered_; ///< of the transaction that runs
};

} // namespace

result<std::unique_ptr<kafka_transactions>> kafka_transactions::open(config x) {
  auto out = std::make_unique<transactions>(std::move(x));
  if (auto done = out->connect(); !done)
    return done.error();
  return out;
}

} // namespace signalbox
