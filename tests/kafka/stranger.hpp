#pragma once

#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

namespace signalbox::test {

/// Somebody else who writes to a topic: nothing, or within transactions. What
/// fails throws std::runtime_error.
class stranger {
 public:
  /// `transaction`: the transactional id that it uses.
  explicit stranger(const std::string& bootstrap,
                    const std::string& transaction = "a stranger");

  /// A record without a value.
  void produce_null(const std::string& topic);

  /// Sends zeros, so packed that little of them goes over the wire. Whether the
  /// brokers take them is not told.
  void produce_packed(const std::string& topic, std::size_t bytes);

  /// Drops the records below the offset, as a topic's retention does.
  void drop_before(const std::string& topic, int partition,
                   std::int64_t offset);

  /// A record in a transaction that is open from here on, until finish() or
  /// the end of the object.
  void begin(const std::string& topic, const std::string& record);

  enum class ending { commit, abort };
  void finish(ending how);

 private:
  struct closer {
    void operator()(rd_kafka_t* x) const { rd_kafka_destroy(x); }
  };
  using client = std::unique_ptr<rd_kafka_t, closer>;

  static client connect(const std::string& bootstrap, const char* transaction,
                        bool packs = false);
  static void send(rd_kafka_t* to, const std::string& topic,
                   const std::string* record);

  std::string bootstrap_;
  client plain_;
  client transactional_;
  bool ready_ = false;
};

} // namespace signalbox::test
