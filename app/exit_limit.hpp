#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/json_log.hpp"

namespace signalbox {

/// Ends the process if it does not end by itself in time: a client library may
/// never let go, such as librdkafka 2.0 of a partition that was deleted. What
/// was acknowledged is in the log by then; the rest is as after kill -9.
class exit_limit {
 public:
  explicit exit_limit(const json_log& log) : log_{log} {}
  ~exit_limit();
  exit_limit(const exit_limit&) = delete;
  exit_limit& operator=(const exit_limit&) = delete;

  /// From now on, instead of any earlier limit. `status`: the process's.
  void set(std::chrono::seconds limit, int status);

 private:
  using steady = std::chrono::steady_clock;

  void watch();

  const json_log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  steady::time_point deadline_{};
  int status_ = 0;
  std::thread watcher_;
};

} // namespace signalbox
