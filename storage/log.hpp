#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "events/bytes.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// What a reader sees of one entry. The record's bytes live until the visitor
/// returns.
struct log_entry_view {
  log_index index;
  timestamp append_time;
  byte_view record;
};

/// Whether a log accepts appends, and if not, why and what to do.
struct log_health {
  enum class mode {
    writable,
    read_only, ///< for now: an empty group of an append probes it
    lost       ///< for good: not the history that was followed so far
  };
  mode state = mode::writable;
  std::string reason;
};

/// The log protocol: a dense, durable sequence of records. Every engine passes
/// tests/storage/log_contract.hpp.
///
/// One thread of a process appends; any thread reads, also while another
/// appends. Readers see only what is durable. Where several processes write to
/// one log their records mix, and the log's own clock stamps them.
class event_log {
 public:
  /// Returns false to stop the iteration.
  using visitor = std::function<bool(const log_entry_view&)>;

  virtual ~event_log() = default;

  /// The index that the next appended record takes. Any thread.
  virtual log_index end() const = 0;

  /// Appends the records as one group, in order, and returns the index of the
  /// first once all of them are durable and readable. Where others write too,
  /// their records may lie between.
  ///
  /// Errors: `read_only` (nothing was appended, now or later; the message says
  /// why), `too_large` (a record above max_record_bytes; nothing was appended),
  /// `pending` (perhaps appended: the fate shows after the next successful
  /// append or reopen, which the log attempts by itself).
  virtual result<log_index> append(std::span<const byte_view> records,
                                   timestamp append_time) = 0;

  /// Visits the entries from `from` on, in order, to the end or until the
  /// visitor returns false.
  /// Errors: `log_corrupt` (a gap or damage), `io`.
  virtual result<void> read(log_index from, const visitor& visit) const = 0;

  /// Entries below outlive this process as surely as a state that is stored
  /// now; those behind are in memory alone. Any thread.
  virtual log_index kept() const { return end(); }

  /// Waits until all that can be read is kept, some seconds at most. Any
  /// thread.
  virtual void keep() const {}

  /// Any thread.
  virtual log_health health() const = 0;
};

} // namespace signalbox
