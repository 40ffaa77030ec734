#include "actors/updates_contents.hpp"

#include <algorithm>

#include "actors/change_document.hpp"
#include "projections/change_search.hpp"

namespace signalbox {

void updates_contents::take(std::string_view key,
                            const std::optional<consistency_token>& id) {
  auto found = last_.find(key);
  if (found == last_.end())
    found = last_.emplace(key, id).first;
  found->second = id;
  if (id)
    fresh_.push_back(*id);
}

void updates_contents::settle(const view& seen, bool is_whole) {
  if (newest_ && !seen.judge(*newest_))
    newest_.reset(); // the ledger was restored
  if (ahead_)
    fresh_.push_back(*std::exchange(ahead_, std::nullopt));
  for (auto& x : fresh_) {
    const auto known = seen.judge(x);
    if (known)
      newest_ = std::max(newest_.value_or(x), x);
    else if (known.error().code == errc::not_yet && !is_whole)
      ahead_ = std::max(ahead_.value_or(x), x);
  }
  fresh_.clear();
}

std::optional<std::uint64_t> updates_contents::told(const view& seen) const {
  if (!newest_)
    return std::nullopt;
  return place_after(seen, newest_->index);
}

std::vector<std::uint64_t> updates_contents::gaps(const view& seen,
                                                  std::uint64_t below) const {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = 0; i < seen.channel_count; ++i) {
    auto& key = seen.past->channel_keys[i];
    const auto channel = seen.find_channel(key);
    if (channel == nullptr || channel->row.last_change == 0 ||
        channel->row.last_change > below)
      continue;
    const auto place = channel->row.last_change - 1;
    const auto said = last_.find(key);
    if (said == last_.end() || said->second != token_after(seen, place))
      out.push_back(place);
  }
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace signalbox
