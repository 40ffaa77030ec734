#pragma once

#include <cstdint>
#include <vector>

#include "projections/change_filter.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// Changes that were found: their places in the journal of all changes, in its
/// order, and the place from which to look for more.
struct change_page {
  std::vector<std::uint64_t> places;
  std::uint64_t next = 0;
};

/// The place of the first change after an entry; the view's number of changes
/// if there is none. O(log n).
std::uint64_t place_after(const view& seen, log_index index);

/// At most `limit` changes of the filter's channels, from a place on. For a
/// few channels O(log n + limit) each; else each change from there on is looked
/// at until there are enough.
change_page find_changes(const view& seen, const change_filter& filter,
                         std::uint64_t from, std::size_t limit);

/// The same of changes that are in force: the last one of each channel.
change_page find_current(const view& seen, const change_filter& filter,
                         std::uint64_t from, std::size_t limit);

/// Whether either may look at very many changes: not for a socket's thread.
bool is_long_search(const view& seen, const change_filter& filter,
                    std::uint64_t from);

/// Whether the change at this place is the last one of its channel.
bool is_in_force(const view& seen, std::uint64_t place);

} // namespace signalbox
