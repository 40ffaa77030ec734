#include "projections/audit_filter.hpp"

#include <algorithm>

namespace signalbox {

namespace {

/// The first number below `end` for which is_late holds; `end` if none.
template <class F>
std::uint64_t first_for(std::uint64_t end, F is_late) {
  std::uint64_t low = 0;
  while (low < end) {
    auto middle = low + (end - low) / 2;
    if (is_late(middle))
      end = middle;
    else
      low = middle + 1;
  }
  return low;
}

std::uint64_t first_at(const view& seen, timestamp time) {
  return first_for(seen.size, [&](std::uint64_t i) {
    return seen.past->marks[i].log_time >= to_integer(time);
  });
}

template <class T, class U>
bool fits(const std::optional<T>& wanted, const U& found) {
  return !wanted || *wanted == found;
}

bool is_release(const audit_record& x) {
  return x.channel_version.has_value();
}

} // namespace

audit_reader reader_of(const principal_id& who, role_mask roles) {
  using sight = audit_reader::sight;
  if (permits(roles, role::auditor))
    return {sight::everything, who};
  const bool writes =
      permits(roles, role::publisher) || permits(roles, role::operator_role);
  return {writes ? sight::own_too : sight::releases, who};
}

bool may_see(const audit_reader& reader, const audit_record& x) {
  switch (reader.sees) {
  case audit_reader::sight::everything:
    return true;
  case audit_reader::sight::own_too:
    return is_release(x) || x.principal == reader.who;
  case audit_reader::sight::releases:
    return is_release(x);
  }
  return false;
}

bool matches(const audit_filter& filter, const audit_record& x) {
  return fits(filter.client_id, x.client_id) &&
         fits(filter.profile, x.profile) && fits(filter.version, x.version) &&
         (!filter.artifact || x.artifact == filter.artifact) &&
         fits(filter.publisher, x.principal) &&
         (filter.kinds.empty() ||
          std::find(filter.kinds.begin(), filter.kinds.end(), x.kind) !=
              filter.kinds.end());
}

bool only_releases(const audit_reader& reader) {
  return reader.sees == audit_reader::sight::releases;
}

std::pair<std::uint64_t, std::uint64_t> range_of(const view& seen,
                                                 const audit_filter& filter) {
  auto first = filter.from ? first_at(seen, *filter.from) : 0;
  auto last = filter.to ? first_at(seen, *filter.to) : seen.size;
  return {first, std::max(first, last)};
}

std::pair<std::uint64_t, std::uint64_t>
changes_within(const view& seen, std::uint64_t first, std::uint64_t last) {
  auto from = [&](std::uint64_t index) {
    return first_for(seen.changes, [&](std::uint64_t i) {
      return seen.past->changes[i].index >= index;
    });
  };
  return {from(first), from(last)};
}

} // namespace signalbox
