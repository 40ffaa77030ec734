#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "actors/updates_course.hpp"
#include "storage/wake_signal.hpp"

namespace signalbox {

/// Runs an updates_course on a thread of its own, since it waits for brokers;
/// nobody waits for it.
class updates_publisher {
 public:
  /// What the config refers to outlives this. `listen` is told whom to call
  /// whenever the view was published, also after this is gone.
  updates_publisher(updates_config config,
                    const std::function<void(std::function<void()>)>& listen);
  ~updates_publisher(); ///< stops

  void start();

  /// Ends the thread, within seconds also without brokers. Idempotent.
  void stop();

  /// Any thread.
  updates_counts counts() const { return course_.counts(); }

 private:
  void run();

  updates_topic& topic_;
  std::function<void(std::string)> warn_;
  updates_course course_;
  std::shared_ptr<wake_signal> signal_ = std::make_shared<wake_signal>();
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

} // namespace signalbox
