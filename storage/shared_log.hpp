#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "storage/log.hpp"

namespace signalbox {

/// A log that other processes write to at the same time. What becomes of a
/// record shows only when it is read back, so sending and reading go on side by
/// side instead of one after the other.
///
/// produce(), serve(), holds_back() and read_through() belong to one thread;
/// the rest to any.
class shared_log : public event_log {
 public:
  /// Called with what the log's servers said: the record is in the log, or why
  /// that is not known (`pending`), or that it never will be (any other).
  /// A hint: the fold decides.
  using delivered = std::function<void(const result<void>&)>;

  /// At a start: read(), and further to the end that the log had when this
  /// process met it, which is copied meanwhile. Belongs to the thread of
  /// serve(). What cannot be copied for now is left to serve().
  virtual result<void> read_through(log_index from, const visitor& visit) {
    return read(from, visit);
  }

  /// About how many entries there are, also those that are not copied yet.
  virtual std::uint64_t known_size() const { return to_integer(end()); }

  /// Takes a copy of one record, which serve() sends as soon as it may.
  /// `then` is called exactly once, at once or by serve(). `key` is for
  /// people's tools alone.
  virtual void produce(byte_view record, std::string_view key,
                       delivered then) = 0;

  /// Sends what may leave and takes what has come. To be called after records
  /// were produced, after each wake, and now and then. True if the log has
  /// grown.
  virtual bool serve() = 0;

  /// Whether the last serve() left records to wait for others that are likely
  /// to come: a later one sends them, for which nothing wakes.
  virtual bool holds_back() const { return false; }

  /// `wake` is called, on any thread and once until the next serve(), when
  /// serve() has work. Null ends it: it is not called any more after that.
  virtual void listen(std::function<void()> wake) = 0;

  /// When this process was last known to have read all that the log held.
  virtual std::chrono::steady_clock::time_point current_at() const = 0;
};

} // namespace signalbox
