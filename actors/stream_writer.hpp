#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/shared_stream.hpp"

namespace signalbox {

/// How a stream is written and kept.
struct stream_writer_config {
  event_stream& stream; ///< outlives the writer
  std::function<timestamp()> wall_clock;
  std::int64_t keep = 0; ///< milliseconds; older entries are dropped
  /// Least time between two groups. Every group costs the disk one sync, which
  /// the decisions have to wait for: reports are patient.
  std::chrono::milliseconds gather{50};
  std::size_t max_waiting = 8192; ///< records
  std::function<void(std::string)> warn;
  /// Told after entries before this time were dropped; on the writer's thread.
  std::function<void(timestamp)> on_trim = nullptr;
  /// The stream, where other processes write to it too; else null.
  shared_stream* shared = nullptr;
  /// Told of each entry of it that is new here, whoever wrote it, in the order
  /// in which they lie; on the writer's thread. Those of append() come after
  /// who waits for them was told.
  std::function<void(const stream_entry_view&)> on_entry = nullptr;
};

/// What a stream's writer has done since it started.
struct stream_writer_counts {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0; ///< refused, since too many waited
  std::uint64_t failed = 0;  ///< the stream did not take them
};

/// Appends to a stream in groups, and carries its retention out: at the start,
/// and then as often as it takes to be at most a tenth late, or a minute. Has a
/// thread of its own, since it syncs; nobody waits for it. The same thread
/// brings what others write to a shared stream. Any thread may write.
class stream_writer {
 public:
  /// Called on the writer's thread once the record is durable, or is not.
  using done = std::function<void(const result<void>&)>;

  explicit stream_writer(stream_writer_config config);
  ~stream_writer(); ///< stops

  void start();

  /// Writes what waits, answers the rest, and ends the thread. Idempotent.
  void stop();

  /// False if too many records wait, or after stop: `then` is not called.
  bool write(byte_buffer record, done then);

  stream_writer_counts counts() const;

 private:
  struct item {
    byte_buffer record;
    done then;
  };
  using clock = std::chrono::steady_clock;

  void run();
  bool wait_for_work(std::vector<item>& group);
  void append(std::vector<item> group);
  result<void> append_records(const std::vector<item>& group);
  void tell(item& to, const result<void>& what);
  void serve();
  void trim();
  result<void> trim_before(timestamp before);

  stream_writer_config config_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::vector<item> waiting_;
  bool stopping_ = false;
  bool has_come_ = false; // what others wrote
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> failed_{0};
  clock::time_point next_trim_{};
  std::thread thread_;
};

} // namespace signalbox
