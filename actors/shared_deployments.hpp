#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "projections/deployments.hpp"

namespace signalbox {

/// `deployments` for several threads, in parts with a lock each: who counts all
/// clients holds up a report for the time of one part only. Any thread.
class shared_deployments {
 public:
  /// The clients are bounded part by part, so by about `max_clients` in all.
  explicit shared_deployments(std::size_t max_clients);

  /// All of these: see `deployments`.
  bool apply(const client_reported& x, timestamp received);
  bool is_repeated(const client_reported& x, timestamp since) const;
  std::vector<deployment_count> count(timestamp since,
                                      const deployment_filter& filter) const;
  void forget_before(timestamp since);

  struct totals {
    std::size_t clients = 0;
    std::size_t bytes = 0; ///< about
    std::uint64_t left_out = 0;
  };
  totals sum() const;

 private:
  static constexpr std::size_t part_count = 64;

  struct part {
    explicit part(std::size_t max_clients) : latest{max_clients} {}
    mutable std::mutex mutex;
    deployments latest; // under mutex
  };

  part& part_of(const client_reported& x) const;

  std::array<std::unique_ptr<part>, part_count> parts_;
};

} // namespace signalbox
