#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "api/audit_cursor.hpp"
#include "projections/audit_filter.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// What a page of an audit may cost: entries read, and bytes of them. A page
/// that has spent it ends early, with a cursor.
struct audit_budget {
  std::size_t entries = 4096;
  std::size_t bytes = 16 * 1024 * 1024;
};

/// Finds the records of an audit in the decisions stream, a chunk at a time.
/// Reads the log: for a pool's thread.
class audit_scan {
 public:
  /// Goes through the entries [first, last) of the view's.
  audit_scan(const event_log& log, const view& seen, const audit_filter& filter,
             const audit_reader& reader, audit_order order,
             std::pair<std::uint64_t, std::uint64_t> range);

  /// The next record; null if the range has no more, or the budget is spent.
  /// Errors: `log_corrupt`, `io`.
  result<const audit_record*> peek(audit_budget& budget);

  /// Takes the record that peek gave.
  audit_record take();

  /// Where a later scan goes on: see audit_cursor.
  std::uint64_t place() const;

  /// Whether the range has no more.
  bool ended() const { return found_.empty() && first_ >= last_; }

 private:
  result<void> fill(audit_budget& budget);
  std::vector<std::uint64_t> next_entries();
  std::vector<std::uint64_t> next_releases();
  bool is_wanted_channel(std::uint32_t number) const;
  result<void> read(const std::vector<std::uint64_t>& entries,
                    audit_budget& budget);
  result<void> complete_from_release(audit_record& x, audit_budget& budget);

  const event_log& log_;
  const view& seen_;
  const audit_filter& filter_;
  const audit_reader& reader_;
  audit_order order_;
  std::uint64_t first_;
  std::uint64_t last_;
  /// Numbers of the channels that are asked for; none: all.
  std::optional<std::set<std::uint32_t>> channels_;
  std::deque<audit_record> found_; ///< in the order of the answer
};

/// One record, complete, whatever filter and reader.
/// Errors: `log_corrupt`, `io`.
result<audit_record> read_audit_record(const event_log& log, const view& seen,
                                       log_index index);

} // namespace signalbox
