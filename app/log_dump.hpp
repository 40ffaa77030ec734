#pragma once

#include <functional>
#include <string>

#include "app/log_source.hpp"

namespace signalbox {

/// Which entries are dumped: from `first` up to `last`, both included.
struct dump_range {
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
};

/// Writes each entry as one line of canonical JSON: what GetAuditRecord answers
/// an auditor, so neither contents nor secrets, but for the changelogs and
/// descriptions that people gave. What became of a release is as of the log's
/// end.
///
/// Errors: those of check_log; `bad_request` (the range begins behind the end
/// of the log); `io` where `write` returns false.
result<std::uint64_t> dump_log(const event_log& log, const std::string& name,
                               const dump_range& range,
                               const std::function<bool(std::string)>& write,
                               const log_progress& progress = nullptr);

} // namespace signalbox
