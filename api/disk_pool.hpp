#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace signalbox {

/// A few threads for what reads the disk or takes its time, behind a bounded
/// queue: sockets never wait for a disk, and a slow disk cannot fill the
/// memory.
class disk_pool {
 public:
  /// Hears, on the pool's thread, why a task failed.
  using failure_function = std::function<void(std::string_view why)>;

  disk_pool(std::size_t threads, std::size_t max_queued,
            failure_function on_failure = nullptr);
  ~disk_pool(); ///< stops

  /// False if `max_queued` tasks wait or run, or after `stop`; the task is then
  /// dropped. A task that throws is counted and told. Any thread.
  bool run(std::function<void()> task);

  /// Finishes what is queued; later tasks are refused.
  void stop();

  /// Tasks refused since the queue was full.
  std::uint64_t overloads() const;

  /// Tasks that threw.
  std::uint64_t failures() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
