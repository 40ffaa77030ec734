#pragma once

#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

namespace signalbox::test {

/// Somebody else who writes to a topic: nothing, or within transactions. What
/// fails throws std::runtime_error.
class stranger {
 public:
  explicit stranger(const std::string& bootstrap);

  /// A record without a value.
  void produce_null(const std::string& topic);

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

  static client connect(const std::string& bootstrap, const char* transaction);
  static void send(rd_kafka_t* to, const std::string& topic,
                   const std::string* record);

  client plain_;
  client transactional_;
  bool ready_ = false;
};

} // namespace signalbox::test
