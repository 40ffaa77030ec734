#include "api/activity_scan.hpp"

#include <algorithm>

namespace signalbox {

namespace {

void describe(const draft_refused& x, audit_record& out) {
  out.status = audit_status::refused;
  out.principal = x.principal;
  out.operation = x.operation;
  out.client_id = x.client_id;
  out.profile = x.profile;
  out.policy_set_id = x.policy_set_id;
  out.policy_version = x.policy_version;
  for (auto& y : x.findings)
    out.findings.push_back({std::string{y.rule},
                            std::string{y.pointer},
                            y.warning ? severity::warning : severity::error,
                            {}});
  out.left_out = x.left_out;
}

void describe(const access_denied& x, audit_record& out) {
  out.status = audit_status::denied;
  out.principal = x.principal;
  out.operation = x.operation;
  out.reason = x.reason;
}

void describe(const client_reported&, audit_record&) {}
void describe(const state_hashed&, audit_record&) {}

audit_record describe_activity(const stream_entry_view& entry) {
  audit_record out;
  out.index = log_index{entry.index};
  out.in_activity = true;
  out.log_time = entry.append_time;
  out.kind = "unknown";
  auto record = decode_stream_record(entry.record);
  if (!record)
    return out;
  out.kind = kind_of(record->body);
  out.occurred_at = record->occurred_at;
  out.node = record->node;
  std::visit([&](auto& x) { describe(x, out); }, record->body);
  return out;
}

/// What nodes tell each other: nobody did it, so no auditor is shown it.
bool is_between_nodes(const audit_record& x) {
  return x.kind == "state_hashed";
}

/// Whether the filter can match anything here at all.
bool can_match(const audit_filter& filter, const audit_reader& reader) {
  const bool wanted =
      filter.kinds.empty() ||
      std::any_of(filter.kinds.begin(), filter.kinds.end(), is_activity);
  return wanted && !filter.artifact && !filter.version &&
         !only_releases(reader);
}

bool within(const audit_filter& filter, timestamp time) {
  return (!filter.from || time >= *filter.from) &&
         (!filter.to || time < *filter.to);
}

} // namespace

bool is_activity(std::string_view kind) {
  return kind == "draft_refused" || kind == "access_denied";
}

activity_scan::activity_scan(const event_stream* stream,
                             const audit_filter& filter,
                             const audit_reader& reader, audit_order order,
                             std::optional<std::uint64_t> from)
    : stream_{stream}, filter_{filter}, reader_{reader}, order_{order} {
  if (stream_ == nullptr || !can_match(filter, reader))
    return;
  first_ = stream_->begin();
  last_ = stream_->end();
  if (from && order_ == audit_order::newest_first)
    last_ = std::min(last_, *from);
  else if (from)
    first_ = std::max(first_, *from);
}

std::uint64_t activity_scan::place() const {
  const bool newest = order_ == audit_order::newest_first;
  if (found_.empty())
    return newest ? last_ : first_;
  return to_integer(found_.front().index) + (newest ? 1 : 0);
}

/// False once a record is found or the budget is spent.
bool activity_scan::add(const stream_entry_view& entry, audit_budget& budget) {
  if (order_ == audit_order::newest_first)
    last_ = entry.index;
  else
    first_ = entry.index + 1;
  --budget.entries;
  budget.bytes -= std::min(budget.bytes, entry.record.size());
  auto x = describe_activity(entry);
  if (!is_between_nodes(x) && within(filter_, x.log_time) &&
      may_see(reader_, x) && matches(filter_, x))
    found_.push_back(std::move(x));
  return found_.empty() && budget.entries > 0 && budget.bytes > 0;
}

result<void> activity_scan::fill(audit_budget& budget) {
  if (!found_.empty() || first_ >= last_ || budget.entries == 0 ||
      budget.bytes == 0)
    return {};
  bool cut = false;
  auto visit = [&](const stream_entry_view& x) {
    if (x.index < first_ || x.index >= last_)
      return false;
    cut = !add(x, budget);
    return !cut;
  };
  auto done = order_ == audit_order::newest_first
                  ? stream_->read_back(last_, visit)
                  : stream_->read(first_, visit);
  if (!done)
    return done;
  if (!cut) // to the end, or what was here is trimmed by now
    first_ = last_ = order_ == audit_order::newest_first ? first_ : last_;
  return {};
}

result<const audit_record*> activity_scan::peek(audit_budget& budget) {
  if (auto filled = fill(budget); !filled)
    return filled.error();
  return found_.empty() ? nullptr : &found_.front();
}

audit_record activity_scan::take() {
  auto out = std::move(found_.front());
  found_.pop_front();
  return out;
}

result<audit_record> read_activity_record(const event_stream& stream,
                                          std::uint64_t index) {
  std::optional<audit_record> out;
  auto done = stream.read(index, [&](const stream_entry_view& x) {
    if (x.index == index)
      out = describe_activity(x);
    return false;
  });
  if (!done)
    return done.error();
  if (!out || is_between_nodes(*out))
    return failure{errc::not_found, "there is no such entry, or its time to be "
                                    "kept is over"};
  return std::move(*out);
}

} // namespace signalbox
