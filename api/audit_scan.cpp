#include "api/audit_scan.hpp"

#include <algorithm>

namespace signalbox {

namespace {

/// Entries that are read before the budget is looked at again.
constexpr std::size_t chunk = 32;

/// Changes that are passed over in one step when no channel of theirs is asked
/// for; they cost memory accesses only.
constexpr std::size_t stride = 4096;

std::set<std::uint32_t> channels_of(const view& seen,
                                    const std::string& client_id,
                                    const std::string& profile) {
  std::set<std::uint32_t> out;
  auto* family = seen.documents->find_family(client_id);
  if (family == nullptr)
    return out;
  for (auto& [ref, schema] : family->schemas)
    if (auto x = seen.find_channel(client_id, profile, schema->major))
      out.insert(x->row.number);
  return out;
}

/// Calls visit with the records of these entries, which ascend.
template <class F>
result<void> read_entries(const event_log& log,
                          const std::vector<std::uint64_t>& entries, F visit) {
  for (std::size_t i = 0; i < entries.size();) {
    const auto before = i;
    auto done = log.read(log_index{entries[i]}, [&](const auto& x) {
      if (i == entries.size() || to_integer(x.index) != entries[i])
        return false;
      visit(x);
      ++i;
      return i < entries.size() && entries[i] == to_integer(x.index) + 1;
    });
    if (!done)
      return done;
    if (i == before)
      return failure{errc::log_corrupt,
                     "entry " + std::to_string(entries[i]) + " is missing"};
  }
  return {};
}

} // namespace

audit_scan::audit_scan(const event_log& log, const view& seen,
                       const audit_filter& filter, const audit_reader& reader,
                       audit_order order,
                       std::pair<std::uint64_t, std::uint64_t> range)
    : log_{log}, seen_{seen}, filter_{filter}, reader_{reader}, order_{order},
      first_{range.first}, last_{std::max(range.first, range.second)} {
  if (only_releases(reader) && filter.client_id && filter.profile)
    channels_ = channels_of(seen, *filter.client_id, *filter.profile);
}

bool audit_scan::is_wanted_channel(std::uint32_t number) const {
  return !channels_ || channels_->contains(number);
}

std::uint64_t audit_scan::place() const {
  const bool newest = order_ == audit_order::newest_first;
  if (found_.empty())
    return newest ? last_ : first_;
  return to_integer(found_.front().index) + (newest ? 1 : 0);
}

std::vector<std::uint64_t> audit_scan::next_entries() {
  const auto count = std::min<std::uint64_t>(chunk, last_ - first_);
  const bool newest = order_ == audit_order::newest_first;
  std::vector<std::uint64_t> out(count);
  for (std::uint64_t i = 0; i < count; ++i)
    out[i] = (newest ? last_ - count : first_) + i;
  (newest ? last_ : first_) = newest ? last_ - count : first_ + count;
  return out;
}

std::vector<std::uint64_t> audit_scan::next_releases() {
  auto& changes = seen_.past->changes;
  auto [low, high] = changes_within(seen_, first_, last_);
  std::vector<std::uint64_t> out;
  std::size_t passed = 0;
  const bool newest = order_ == audit_order::newest_first;
  while (low < high && out.size() < chunk && passed++ < stride) {
    auto& x = changes[newest ? --high : low++];
    (newest ? last_ : first_) = newest ? x.index : x.index + 1;
    if (is_wanted_channel(x.channel))
      out.push_back(x.index);
  }
  if (low == high)
    first_ = last_ = newest ? first_ : last_;
  if (newest)
    std::reverse(out.begin(), out.end());
  return out;
}

result<void> audit_scan::complete_from_release(audit_record& x,
                                               audit_budget& budget) {
  return read_entries(log_, {to_integer(*x.release)}, [&](auto& entry) {
    budget.bytes -= std::min(budget.bytes, entry.record.size());
    complete(x, entry.record);
  });
}

result<void> audit_scan::read(const std::vector<std::uint64_t>& entries,
                              audit_budget& budget) {
  std::vector<audit_record> read;
  auto done = read_entries(log_, entries, [&](auto& entry) {
    budget.bytes -= std::min(budget.bytes, entry.record.size());
    read.push_back(describe_entry(seen_, entry.index, entry.record));
  });
  if (!done)
    return done;
  if (order_ == audit_order::newest_first)
    std::reverse(read.begin(), read.end());
  for (auto& x : read) {
    if (!may_see(reader_, x))
      continue;
    if (x.release)
      if (auto completed = complete_from_release(x, budget); !completed)
        return completed;
    if (matches(filter_, x))
      found_.push_back(std::move(x));
  }
  return {};
}

result<void> audit_scan::fill(audit_budget& budget) {
  while (found_.empty() && first_ < last_ && budget.entries > 0 &&
         budget.bytes > 0) {
    auto entries = only_releases(reader_) ? next_releases() : next_entries();
    budget.entries -= std::min(budget.entries, std::max(entries.size(), chunk));
    if (auto done = read(entries, budget); !done)
      return done;
  }
  return {};
}

result<const audit_record*> audit_scan::peek(audit_budget& budget) {
  if (auto filled = fill(budget); !filled)
    return filled.error();
  return found_.empty() ? nullptr : &found_.front();
}

audit_record audit_scan::take() {
  auto out = std::move(found_.front());
  found_.pop_front();
  return out;
}

result<audit_record> read_audit_record(const event_log& log, const view& seen,
                                       log_index index) {
  audit_record out;
  auto describe = [&](auto& entry) {
    out = describe_entry(seen, entry.index, entry.record);
  };
  if (auto done = read_entries(log, {to_integer(index)}, describe); !done)
    return done.error();
  if (!out.release)
    return out;
  auto add = [&](auto& entry) { complete(out, entry.record); };
  if (auto done = read_entries(log, {to_integer(*out.release)}, add); !done)
    return done.error();
  return out;
}

} // namespace signalbox
