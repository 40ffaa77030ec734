#pragma once

#include <atomic>
#include <cstdint>

namespace signalbox {

/// What happened on the sockets since the start. `open` is the current number.
struct http_counts {
  std::uint64_t accepted = 0; ///< connections that a worker took
  std::uint64_t open = 0;
  std::uint64_t requests = 0; ///< heads that were read whole
  std::uint64_t hot = 0;      ///< of these, answered with prepared bytes
  std::uint64_t bytes = 0;    ///< sent, heads included
  std::uint64_t timeouts = 0; ///< connections cut in a request or a response
  std::uint64_t refused = 0;  ///< connections above the limit
  std::uint64_t malformed = 0;
  std::uint64_t failures = 0;     ///< exceptions of the handler
  std::uint64_t tls_failures = 0; ///< connections that TLS ended
  std::uint64_t slow_readers = 0; ///< ended, to keep within the send budget
  std::uint64_t unsent = 0;       ///< bytes that wait for slow readers now
};

/// A counter that one thread writes and any thread reads: no locked
/// instruction on the path of each request.
class lone_counter {
 public:
  void add(std::uint64_t n = 1) { set(get() + n); }
  void subtract(std::uint64_t n = 1) { set(get() - n); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  void set(std::uint64_t x) { value_.store(x, std::memory_order_relaxed); }

  std::atomic<std::uint64_t> value_{0};
};

/// One worker's counters, on its own cache lines; written by its thread.
struct alignas(64) http_probe {
  lone_counter accepted;
  lone_counter open;
  lone_counter requests;
  lone_counter hot;
  lone_counter bytes;
  lone_counter timeouts;
  lone_counter refused;
  lone_counter malformed;
  lone_counter failures;
  lone_counter tls_failures;
  lone_counter slow_readers;

  void add_to(http_counts& sum) const {
    sum.accepted += accepted.get();
    sum.open += open.get();
    sum.requests += requests.get();
    sum.hot += hot.get();
    sum.bytes += bytes.get();
    sum.timeouts += timeouts.get();
    sum.refused += refused.get();
    sum.malformed += malformed.get();
    sum.failures += failures.get();
    sum.tls_failures += tls_failures.get();
    sum.slow_readers += slow_readers.get();
  }
};

} // namespace signalbox
