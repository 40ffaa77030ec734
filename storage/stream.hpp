#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// What a reader sees of one entry of a stream. The record's bytes live until
/// the visitor returns.
struct stream_entry_view {
  std::uint64_t index = 0;
  timestamp append_time{};
  byte_view record;
};

/// The protocol of a stream that is kept for a while: reports, activity. Like a
/// log it has dense indexes, from 0, and groups that land whole or not at all;
/// unlike a log it loses its old end to its retention, and nothing in it
/// decides. Every engine passes tests/storage/stream_contract.hpp.
///
/// One thread appends and trims; any thread reads meanwhile. Readers see only
/// what is durable.
class event_stream {
 public:
  /// Returns false to stop the iteration.
  using visitor = std::function<bool(const stream_entry_view&)>;

  virtual ~event_stream() = default;

  /// The oldest index that is kept; end() if none is. Any thread.
  virtual std::uint64_t begin() const = 0;

  /// The index that the next record takes. Any thread.
  virtual std::uint64_t end() const = 0;

  /// Appends the records as one group and returns the index of the first once
  /// all of them are durable. Times do not go back: a time before the last
  /// entry's is taken for that one.
  ///
  /// Errors: `read_only` (nothing was appended), `too_large` (a record above
  /// max_record_bytes; nothing was appended), `pending` (perhaps appended).
  virtual result<std::uint64_t> append(std::span<const byte_view> records,
                                       timestamp append_time) = 0;

  /// Visits the entries that are kept, from `from` on, in order. Entries that
  /// are trimmed meanwhile are passed over.
  /// Errors: `log_corrupt`, `io`.
  virtual result<void> read(std::uint64_t from, const visitor& visit) const = 0;

  /// Visits the entries below `before` that are kept, the last first.
  /// Errors: as read().
  virtual result<void> read_back(std::uint64_t before,
                                 const visitor& visit) const = 0;

  /// Drops the entries that were appended before this time, for good. The
  /// indexes go on where they were.
  /// Errors: `read_only`, `pending`, `log_corrupt`, `io`.
  virtual result<void> trim(timestamp before) = 0;

  /// About how many bytes the entries take. Any thread.
  virtual std::uint64_t bytes() const = 0;

  /// How many entries are kept, about. Any thread.
  virtual std::uint64_t size() const { return end() - begin(); }
};

} // namespace signalbox
