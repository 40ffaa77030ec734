#include "api/rate_limiter.hpp"

#include <algorithm>

namespace signalbox {

namespace {

rate_limiter::clock::duration seconds(double x) {
  return std::chrono::duration_cast<rate_limiter::clock::duration>(
      std::chrono::duration<double>(x));
}

} // namespace

rate_limiter::rate_limiter(rate allowed, std::size_t max_payers)
    : interval_{allowed.per_second > 0 ? seconds(1 / allowed.per_second)
                                       : clock::duration{}},
      tolerance_{
          interval_.count() > 0
              ? seconds((std::max(allowed.burst, 1.0) - 1) / allowed.per_second)
              : clock::duration{}},
      limited_{allowed.per_second > 0}, max_in_shard_{std::max<std::size_t>(
                                            1, max_payers / shard_count)} {}

rate_limiter::bucket& rate_limiter::find(shard& in, const payer& who,
                                         clock::time_point now) const {
  if (auto i = in.places.find(who); i != in.places.end()) {
    in.buckets.splice(in.buckets.begin(), in.buckets, i->second);
    return in.buckets.front();
  }
  if (in.places.size() >= max_in_shard_) {
    in.places.erase(in.buckets.back().who);
    in.buckets.pop_back();
  }
  in.buckets.push_front({who, now});
  in.places.emplace(who, in.buckets.begin());
  return in.buckets.front();
}

// One time stands for the whole bucket (the generic cell rate algorithm): each
// request moves it on by one interval, and a bucket is empty that would be full
// only after the whole burst.
std::optional<rate_limiter::clock::duration>
rate_limiter::take(const payer& who, clock::time_point now) {
  if (!limited_)
    return std::nullopt;
  auto& in = shards_[payer_hash{}(who) % shard_count];
  const std::lock_guard lock{in.mutex};
  auto& x = find(in, who, now);
  const auto full_at = std::max(x.full_at, now);
  if (const auto wait = full_at - now - tolerance_; wait > clock::duration{})
    return wait;
  x.full_at = full_at + interval_;
  return std::nullopt;
}

std::size_t rate_limiter::payers() const {
  std::size_t out = 0;
  for (auto& x : shards_) {
    const std::lock_guard lock{x.mutex};
    out += x.places.size();
  }
  return out;
}

} // namespace signalbox
