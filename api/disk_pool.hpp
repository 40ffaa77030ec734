#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace signalbox {

/// A few threads for what reads the disk, behind a bounded queue: sockets never
/// wait for a disk, and a slow disk cannot fill the memory.
class disk_pool {
 public:
  disk_pool(std::size_t threads, std::size_t max_queued);
  ~disk_pool();

  /// False if the queue is full; the task is then dropped. Any thread.
  bool run(std::function<void()> task);

  /// Finishes what is queued; later tasks are refused.
  void stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
