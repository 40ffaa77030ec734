#include "api/change_pages.hpp"

#include <algorithm>

namespace signalbox {

namespace {

/// What is in force lies before the other; a page has of one kind only.
change_page find_page(const view& seen, const change_query& x) {
  if (x.from >= x.in_force_before)
    return find_changes(seen, x.filter, x.from, x.limit);
  auto out = find_current(seen, x.filter, x.from, x.limit);
  const auto end =
      std::lower_bound(out.places.begin(), out.places.end(), x.in_force_before);
  if (end != out.places.end() || out.next > x.in_force_before)
    out.next = x.in_force_before;
  out.places.erase(end, out.places.end());
  return out;
}

} // namespace

result<event_page> read_page(update_events& events, const view& seen,
                             const change_query& query) {
  const auto found = find_page(seen, query);
  event_page out{{}, found.next};
  for (auto place : found.places) {
    auto x = events.get(seen, place);
    if (!x)
      return x.error();
    out.events.push_back(std::move(*x));
  }
  return out;
}

std::optional<event_page> ready_page(const update_events& events,
                                     const view& seen,
                                     const change_query& query) {
  if (is_long_search(seen, query.filter, query.from))
    return std::nullopt;
  const auto found = find_page(seen, query);
  event_page out{{}, found.next};
  for (auto place : found.places) {
    auto x = events.ready(seen, place);
    if (x == nullptr)
      return std::nullopt;
    out.events.push_back(std::move(x));
  }
  return out;
}

} // namespace signalbox
