#include "projections/deployments.hpp"

#include <algorithm>

#include "events/hash.hpp"

namespace signalbox {

namespace {

constexpr std::size_t max_groups = std::size_t{1} << 24;

std::uint32_t seconds_of(timestamp x) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(to_integer(x) / 1000, 0, 0xffff'ffff));
}

/// Tells one report of a client from another: chance may take two for one,
/// and then one of them is not written again.
std::uint32_t content_of(const client_reported& x) {
  const auto time = std::to_string(to_integer(x.applied_at));
  const auto hash = sha256({as_bytes(time), as_bytes(x.detail)});
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = out << 8 | hash.value[i];
  return out;
}

} // namespace

std::optional<std::uint32_t> deployments::group_of(const client_reported& x) {
  group_key key{x.client_id, x.profile, x.artifact};
  auto i = group_numbers_.find(key);
  if (i != group_numbers_.end())
    return i->second;
  if (groups_.size() == max_groups)
    return std::nullopt;
  const auto number = static_cast<std::uint32_t>(groups_.size());
  groups_.push_back(key);
  group_numbers_.emplace(std::move(key), number);
  return number;
}

bool deployments::apply(const client_reported& x, timestamp received) {
  auto i = latest_.find(x.client);
  const bool full = i == latest_.end() && latest_.size() >= max_clients_;
  const auto group = full ? std::nullopt : group_of(x);
  if (!group) {
    ++left_out_;
    return false;
  }
  auto& to = i == latest_.end() ? latest_[x.client] : i->second;
  to.heard = seconds_of(received);
  to.content = content_of(x);
  to.group = *group & 0xff'ffffu;
  to.result = static_cast<std::uint8_t>(x.result);
  return true;
}

bool deployments::is_repeated(const client_reported& x, timestamp since) const {
  auto i = latest_.find(x.client);
  if (i == latest_.end() || i->second.heard < seconds_of(since))
    return false;
  auto& group = groups_[i->second.group];
  return std::get<2>(group) == x.artifact &&
         i->second.result == static_cast<std::uint32_t>(x.result) &&
         i->second.content == content_of(x);
}

std::vector<deployment_count>
deployments::count(timestamp since, const deployment_filter& filter) const {
  const auto first = seconds_of(since);
  std::vector<std::uint64_t> sums(groups_.size() * report_results);
  for (auto& [client, x] : latest_)
    if (x.heard >= first)
      ++sums[x.group * report_results + x.result];
  std::vector<deployment_count> out;
  for (auto& [key, number] : group_numbers_) {
    auto& [client_id, profile, artifact] = key;
    if ((filter.client_id && *filter.client_id != client_id) ||
        (filter.profile && *filter.profile != profile))
      continue;
    for (std::size_t result = 0; result < report_results; ++result)
      if (auto n = sums[number * report_results + result]; n > 0)
        out.push_back({client_id, profile, artifact,
                       static_cast<report_result>(result), n});
  }
  return out;
}

void deployments::forget_before(timestamp since) {
  const auto first = seconds_of(since);
  erase_if(latest_, [&](auto& x) { return x.second.heard < first; });
}

std::size_t deployments::bytes() const {
  // A slot and its byte of metadata, and what a group takes in both tables.
  return latest_.bucket_count() * (sizeof(pseudonym) + sizeof(row) + 1) +
         groups_.size() * 3 * sizeof(group_key);
}

std::uint64_t round_to_floor(std::uint64_t known, std::uint64_t floor) {
  return floor > 1 ? known - known % floor : known;
}

std::vector<shown_count> under_floor(std::vector<deployment_count> counts,
                                     std::uint64_t floor) {
  std::vector<shown_count> out;
  for (auto& x : counts) {
    const auto known = std::exchange(x.clients, 0);
    std::optional shown = round_to_floor(known, floor);
    if (known < floor)
      shown = std::nullopt;
    out.push_back({std::move(x), shown});
  }
  return out;
}

} // namespace signalbox
