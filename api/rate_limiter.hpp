#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace signalbox {

/// Whose requests are counted together: one byte that says what kind, and an
/// id or an address, filled up with zeros.
using payer = std::array<char, 17>;

/// How often one payer may ask.
struct rate {
  double per_second = 0; ///< 0: as often as it likes
  double burst = 0;      ///< requests at once after a pause; 1 at least
};

/// A token bucket for each payer. The memory is bounded: of too many payers
/// the one that was silent longest is forgotten, and starts with a full bucket
/// if it comes again. Any thread; a call takes one lock for some nanoseconds.
class rate_limiter {
 public:
  using clock = std::chrono::steady_clock;

  rate_limiter(rate allowed, std::size_t max_payers);

  /// Takes one request off the bucket; nothing if there was one, else how long
  /// until there is.
  std::optional<clock::duration> take(const payer& who, clock::time_point now);

  /// Payers that are remembered.
  std::size_t payers() const;

 private:
  struct bucket {
    payer who;
    /// When it will be full again.
    clock::time_point full_at;
  };

  struct payer_hash {
    std::size_t operator()(const payer& x) const {
      return std::hash<std::string_view>{}({x.data(), x.size()});
    }
  };

  /// Buckets, the last used first.
  struct shard {
    mutable std::mutex mutex;
    std::list<bucket> buckets;
    std::unordered_map<payer, std::list<bucket>::iterator, payer_hash> places;
  };

  bucket& find(shard& in, const payer& who, clock::time_point now) const;

  static constexpr std::size_t shard_count = 16;

  clock::duration interval_;
  clock::duration tolerance_;
  bool limited_;
  std::size_t max_in_shard_;
  std::array<shard, shard_count> shards_;
};

} // namespace signalbox
