#pragma once

#include <functional>

#include "storage/stream.hpp"

namespace signalbox {

/// A stream that other processes write to at the same time; reads are answered
/// by this process's copy. It differs from a stream of one writer so:
///
/// - append() returns once the records are safe in the stream. They are in the
///   copy, among those of others, when serve() has brought them: never before
///   append() has returned.
/// - A group may land in part: then append() says `pending`.
/// - The stream's own clock stamps the records.
/// - Indexes grow and may leave holes; they are the same in every process.
/// - Where the stream is in several partitions, records of one key are in the
///   order of their indexes, and others in none: read() visits one partition
///   after the other.
///
/// append(), serve() and trim() belong to one thread; the rest to any.
class shared_stream : public event_stream {
 public:
  /// Copies what has come, and visits each entry once it is in the copy. To be
  /// called after each wake, after each append, and now and then.
  virtual void serve(const visitor& arrived) = 0;

  /// `wake` is called, on any thread and once until the next serve(), when
  /// serve() has work. Null ends it: it is not called any more after that.
  virtual void listen(std::function<void()> wake) = 0;
};

} // namespace signalbox
