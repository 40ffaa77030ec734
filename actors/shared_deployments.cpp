#include "actors/shared_deployments.hpp"

#include <map>
#include <tuple>

namespace signalbox {

shared_deployments::shared_deployments(std::size_t max_clients) {
  for (auto& x : parts_)
    x = std::make_unique<part>((max_clients + part_count - 1) / part_count);
}

shared_deployments::part&
shared_deployments::part_of(const client_reported& x) const {
  // The last byte: the tables inside hash the first ones.
  return *parts_[x.client.value.back() % part_count];
}

bool shared_deployments::apply(const client_reported& x, timestamp received) {
  auto& in = part_of(x);
  const std::lock_guard lock{in.mutex};
  return in.latest.apply(x, received);
}

bool shared_deployments::is_repeated(const client_reported& x,
                                     timestamp since) const {
  auto& in = part_of(x);
  const std::lock_guard lock{in.mutex};
  return in.latest.is_repeated(x, since);
}

std::vector<deployment_count>
shared_deployments::count(timestamp since,
                          const deployment_filter& filter) const {
  auto key_of = [](const deployment_count& x) {
    return std::tuple{x.client_id, x.profile, x.artifact, x.result};
  };
  std::map<decltype(key_of({})), std::uint64_t> sums;
  for (auto& x : parts_) {
    const std::lock_guard lock{x->mutex};
    for (auto& count : x->latest.count(since, filter))
      sums[key_of(count)] += count.clients;
  }
  std::vector<deployment_count> out;
  for (auto& [key, clients] : sums)
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key),
                   std::get<3>(key), clients});
  return out;
}

void shared_deployments::forget_before(timestamp since) {
  for (auto& x : parts_) {
    const std::lock_guard lock{x->mutex};
    x->latest.forget_before(since);
  }
}

shared_deployments::totals shared_deployments::sum() const {
  totals out;
  for (auto& x : parts_) {
    const std::lock_guard lock{x->mutex};
    out.clients += x->latest.clients();
    out.bytes += x->latest.bytes();
    out.left_out += x->latest.left_out();
  }
  return out;
}

} // namespace signalbox
