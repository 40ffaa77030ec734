#include "app/log_dump.hpp"

#include "actors/log_parts.hpp"
#include "api/audit_json.hpp"
#include "api/audit_scan.hpp"
#include "app/log_check.hpp"
#include "events/record.hpp"
#include "projections/fold.hpp"
#include "projections/replay.hpp"

namespace signalbox {

namespace {

constexpr std::uint64_t progress_every = 16 * 1024;

/// The view of the whole log.
result<std::shared_ptr<const view>> fold_log(const event_log& log,
                                             const log_progress& progress) {
  ledger_state state;
  view_builder views{parts_of_log(log)};
  const auto end = to_integer(log.end());
  const auto source = [&](const envelope_visitor& visit) {
    return log.read(log_index{0}, [&](const log_entry_view& x) {
      return visit(x.index, x.append_time, envelope_of(x.record));
    });
  };
  auto folded =
      replay(state, source, [&](const replayed_entry& x) -> result<void> {
        auto judged = step(state, x.index, x.append_time, x.entry);
        if (!judged)
          return judged.error();
        if (!state.ledger)
          return failure{errc::not_found, "entry 0 begins no ledger"};
        views.note(judged->result == outcome::accepted && x.entry.command
                       ? &x.entry.command->body
                       : nullptr);
        if (progress && state.size % progress_every == 0)
          progress(state.size, end);
        return {};
      });
  if (!folded)
    return with_place(folded.error(), state.size, end);
  if (!state.ledger)
    return failure{errc::not_found, "the log is empty"};
  return views.build(state);
}

/// As GetAuditRecord puts it together.
result<std::string> describe(const event_log& log, const view& seen,
                             const std::string& name, const log_entry_view& x) {
  auto record = describe_entry(seen, x.index, x.record);
  if (record.release) {
    auto read = log.read(*record.release, [&](const log_entry_view& y) {
      complete(record, y.record);
      return false;
    });
    if (!read)
      return read.error();
  }
  auto out = to_json(record, name);
  for (auto& [member, value] : entry_json(seen, x.index, x.record))
    out[member] = value;
  return to_canonical(out) + '\n';
}

} // namespace

result<std::uint64_t> dump_log(const event_log& log, const std::string& name,
                               const dump_range& range,
                               const std::function<bool(std::string)>& write,
                               const log_progress& progress) {
  auto seen = fold_log(log, progress);
  if (!seen)
    return seen.error();
  if (range.first >= (*seen)->size || range.first > range.last)
    return failure{errc::bad_request,
                   "there is no such entry: the log holds 0 to " +
                       std::to_string((*seen)->size - 1)};
  std::uint64_t count = 0;
  std::optional<failure> problem;
  auto read = log.read(log_index{range.first}, [&](const log_entry_view& x) {
    if (to_integer(x.index) > range.last)
      return false;
    auto line = describe(log, **seen, name, x);
    if (!line)
      problem = line.error();
    else if (!write(std::move(*line)))
      problem = failure{errc::io, "the output could not be written"};
    else
      ++count;
    return !problem;
  });
  if (!problem && !read)
    problem = read.error();
  if (problem)
    return *problem;
  return count;
}

} // namespace signalbox
