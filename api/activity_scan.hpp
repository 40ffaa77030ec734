#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "api/audit_scan.hpp"
#include "events/stream_record.hpp"
#include "storage/stream.hpp"

namespace signalbox {

/// Finds the records of an audit in the activity stream, as audit_scan does in
/// the decisions. Reads the disk: for a pool's thread.
class activity_scan {
 public:
  /// `stream` may be null: then there is nothing.
  activity_scan(const event_stream* stream, const audit_filter& filter,
                const audit_reader& reader, audit_order order,
                std::optional<std::uint64_t> from);

  /// As audit_scan.
  result<const audit_record*> peek(audit_budget& budget);
  audit_record take();
  std::uint64_t place() const;
  bool ended() const { return found_.empty() && first_ >= last_; }

 private:
  result<void> fill(audit_budget& budget);
  bool add(const stream_entry_view& entry, audit_budget& budget);

  const event_stream* stream_;
  const audit_filter& filter_;
  const audit_reader& reader_;
  audit_order order_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::deque<audit_record> found_; ///< in the order of the answer
};

/// Errors: `not_found`: never written, or beyond its retention.
result<audit_record> read_activity_record(const event_stream& stream,
                                          std::uint64_t index);

/// Whether records of this kind lie in the activity stream.
bool is_activity(std::string_view kind);

} // namespace signalbox
