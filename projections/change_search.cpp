#include "projections/change_search.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace signalbox {

namespace {

/// Above this many channels every change is looked at instead.
constexpr std::size_t max_channels = 64;

/// As many changes, or channels, are looked at without a second thought.
constexpr std::uint64_t short_search = 256;

using channels = std::vector<std::shared_ptr<const channel_view>>;

/// The profiles that a filter means of one client.
std::vector<std::string> profiles_of(const view& seen,
                                     const change_filter& filter,
                                     const std::string& client_id) {
  if (!filter.profiles.empty())
    return filter.profiles;
  std::vector<std::string> out;
  const auto prefix = client_id + '/';
  auto& all = seen.documents->profiles;
  for (auto i = all.lower_bound(prefix);
       i != all.end() && i->first.starts_with(prefix) &&
       out.size() <= max_channels;
       ++i)
    out.push_back(i->second->profile);
  return out;
}

/// The majors that a family has had; nothing if one of its schemas could not be
/// read or compiled, since a channel may hang on it all the same.
std::optional<std::set<std::uint32_t>> majors_of(const catalog_family& x) {
  std::set<std::uint32_t> out;
  for (auto& [ref, schema] : x.schemas)
    out.insert(schema->major);
  const bool all = std::all_of(
      x.row.schemas.begin(), x.row.schemas.end(),
      [&](auto& listed) { return x.schemas.contains(listed.schema_ref); });
  return x.complete && all ? std::optional{out} : std::nullopt;
}

/// The filter's channels, if they are few, by a look at all channels.
std::optional<channels> walk_channels(const view& seen,
                                      const change_filter& filter) {
  channels out;
  for (std::uint64_t i = 0; i < seen.channel_count; ++i) {
    auto& key = seen.past->channel_keys[i];
    const auto name = channel_name::of(key);
    if (!filter.matches(name.client_id, name.profile))
      continue;
    out.push_back(seen.find_channel(key));
    if (out.size() > max_channels)
      return std::nullopt;
  }
  return out;
}

/// The same by the names, where there are very many channels.
std::optional<channels> name_channels(const view& seen,
                                      const change_filter& filter) {
  if (filter.clients.empty())
    return std::nullopt;
  channels out;
  for (auto& client : filter.clients) {
    auto* family = seen.documents->find_family(client);
    const auto majors = family == nullptr
                            ? std::optional{std::set<std::uint32_t>{}}
                            : majors_of(*family);
    if (!majors)
      return std::nullopt;
    for (auto& profile : profiles_of(seen, filter, client))
      for (auto major : *majors) {
        if (auto x = seen.find_channel(client, profile, major))
          out.push_back(std::move(x));
        if (out.size() > max_channels)
          return std::nullopt;
      }
  }
  return out;
}

std::optional<channels> few_channels(const view& seen,
                                     const change_filter& filter) {
  return seen.channel_count <= short_search ? walk_channels(seen, filter)
                                            : name_channels(seen, filter);
}

/// Adds the first changes of a channel from a place on.
void add_changes(const view& seen, const channel_view& channel,
                 std::uint64_t from, std::size_t limit,
                 std::vector<std::uint64_t>& out) {
  const auto last = channel.row.last_change;
  if (last <= from)
    return;
  auto& all = seen.past->changes;
  const auto first_index = all[from].index;
  const auto* before =
      all.back_from(last, [&](auto& x) { return x.index >= first_index; });
  const auto version = (before == nullptr ? 0 : before->version) + limit;
  const auto* change =
      all.back_from(last, [&](auto& x) { return x.version > version; });
  auto at = place_after(seen, log_index{change->index - 1}) + 1;
  for (; at > from; at = all[at - 1].previous)
    out.push_back(at - 1);
}

change_page finish(const view& seen, std::vector<std::uint64_t> found,
                   std::size_t limit) {
  std::sort(found.begin(), found.end());
  if (found.size() > limit)
    found.resize(limit);
  const auto next = found.size() == limit ? found.back() + 1 : seen.changes;
  return {std::move(found), next};
}

template <class Accept>
change_page scan(const view& seen, const change_filter& filter,
                 std::uint64_t from, std::size_t limit, Accept accept) {
  change_page out;
  for (out.next = from; out.next < seen.changes && out.places.size() < limit;
       ++out.next) {
    auto& change = seen.past->changes[out.next];
    auto& key = seen.past->channel_keys[change.channel];
    const auto name = channel_name::of(key);
    if (filter.matches(name.client_id, name.profile) && accept(out.next))
      out.places.push_back(out.next);
  }
  return out;
}

} // namespace

std::uint64_t place_after(const view& seen, log_index index) {
  std::uint64_t low = 0;
  std::uint64_t high = seen.changes;
  while (low < high) {
    const auto middle = (low + high) / 2;
    if (seen.past->changes[middle].index <= to_integer(index))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

change_page find_changes(const view& seen, const change_filter& filter,
                         std::uint64_t from, std::size_t limit) {
  if (from >= seen.changes)
    return {{}, from};
  const auto few = few_channels(seen, filter);
  if (!few)
    return scan(seen, filter, from, limit, [](auto) { return true; });
  std::vector<std::uint64_t> found;
  for (auto& x : *few)
    add_changes(seen, *x, from, limit, found);
  return finish(seen, std::move(found), limit);
}

change_page find_current(const view& seen, const change_filter& filter,
                         std::uint64_t from, std::size_t limit) {
  const auto few = few_channels(seen, filter);
  if (!few)
    return scan(seen, filter, from, limit,
                [&](auto place) { return is_in_force(seen, place); });
  std::vector<std::uint64_t> found;
  for (auto& x : *few)
    if (x->row.last_change > from)
      found.push_back(x->row.last_change - 1);
  return finish(seen, std::move(found), limit);
}

bool is_long_search(const view& seen, const change_filter& filter,
                    std::uint64_t from) {
  return seen.changes > from + short_search && !few_channels(seen, filter);
}

bool is_in_force(const view& seen, std::uint64_t place) {
  auto& change = seen.past->changes[place];
  const auto channel =
      seen.find_channel(seen.past->channel_keys[change.channel]);
  return channel != nullptr && channel->row.last_change == place + 1;
}

} // namespace signalbox
