#pragma once

// Internal to storage: RAII over librdkafka's C interface.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "events/errors.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_trouble.hpp"

namespace signalbox {

template <auto Destroy>
struct kafka_destroyer {
  template <class T>
  void operator()(T* x) const {
    Destroy(x);
  }
};

template <class T, auto Destroy>
using kafka_owner = std::unique_ptr<T, kafka_destroyer<Destroy>>;

using kafka_queue = kafka_owner<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using kafka_event = kafka_owner<rd_kafka_event_t, rd_kafka_event_destroy>;

/// What a client tells beside its answers. All but `log` are called from its
/// poll; `log` on any thread.
struct kafka_callbacks {
  std::function<void(const rd_kafka_message_t&)> delivered = nullptr;
  std::function<void(kafka_trouble)> problem = nullptr;
  std::function<void(std::string_view)> statistics = nullptr;
  std::function<void(std::string_view)> log = nullptr;

  /// Why the certificate of a broker was refused last, until `problem` tells
  /// it.
  std::atomic<int> certificate{0};
};

/// One connection to the brokers: a producer (also for administration) or a
/// consumer. Destroying it never waits for a broker.
class kafka_client {
 public:
  enum class kind { producer, consumer };
  using properties = std::vector<std::pair<const char*, std::string>>;

  /// `own` overrides the settings. Brokers need not answer yet. The callbacks
  /// outlive the client. Errors: `bad_request` (a setting that the library
  /// refuses; its value is not told), `io`.
  static result<kafka_client> open(kind what, const kafka_settings& settings,
                                   const properties& own,
                                   kafka_callbacks& callbacks);

  /// Whether this build of the library has the setting.
  static bool knows(const char* setting);

  rd_kafka_t* get() const { return client_.get(); }

 private:
  struct closer {
    void operator()(rd_kafka_t* x) const;
  };

  std::unique_ptr<rd_kafka_t, closer> client_;
};

/// Calls `wake` on a thread of the library whenever the queue, empty before,
/// holds something. One at a time per queue; null ends it.
void wake_on(rd_kafka_queue_t* queue, const std::function<void()>* wake);

} // namespace signalbox
