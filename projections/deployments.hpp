#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "events/stream_record.hpp"

namespace signalbox {

/// How many clients said the same of an artifact.
struct deployment_count {
  std::string client_id;
  std::string profile;
  digest artifact;
  report_result result = report_result::other;
  std::uint64_t clients = 0;
};

/// Which counts are asked for; what is not set matches everything.
struct deployment_filter {
  std::optional<std::string> client_id;
  std::optional<std::string> profile;
};

/// The latest report of every client (FR-15): each counts once in a profile, by
/// what it said last. About 40 bytes a client; the clients are bounded, so that
/// strangers cannot fill the memory. Not safe for several threads by itself.
class deployments {
 public:
  explicit deployments(std::size_t max_clients) : max_clients_{max_clients} {}

  /// Counts a report that was received at this time; false if the client is
  /// new and there are as many as there may be.
  bool apply(const client_reported& x, timestamp received);

  /// Whether the client said the same last, and not before `since`.
  bool is_repeated(const client_reported& x, timestamp since) const;

  /// What clients that were heard from at `since` or later said last, ordered
  /// by client_id, profile, artifact and result. Looks at every client.
  std::vector<deployment_count> count(timestamp since,
                                      const deployment_filter& filter) const;

  /// Forgets clients that were not heard from at `since` or later.
  void forget_before(timestamp since);

  std::size_t clients() const { return latest_.size(); }

  /// Reports of new clients that were not counted.
  std::uint64_t left_out() const { return left_out_; }

  /// About the memory that the clients take.
  std::size_t bytes() const;

 private:
  /// 12 bytes, because there may be a million of them.
  struct row {
    std::uint32_t heard = 0;      ///< Unix seconds
    std::uint32_t content = 0;    ///< hash of the rest of the report
    std::uint32_t group : 24 = 0; ///< place in groups_
    std::uint32_t result : 8 = 0; ///< report_result
  };

  using group_key = std::tuple<std::string, std::string, digest>;

  std::optional<std::uint32_t> group_of(const client_reported& x);

  std::size_t max_clients_;
  std::uint64_t left_out_ = 0;
  boost::unordered_flat_map<pseudonym, row, fixed_bytes_hash> latest_;
  std::vector<group_key> groups_;
  std::map<group_key, std::uint32_t> group_numbers_;
};

/// Down to a multiple of the floor; a floor of 0 or 1 changes nothing.
std::uint64_t round_to_floor(std::uint64_t known, std::uint64_t floor);

/// A count as it may be shown under a privacy floor.
struct shown_count {
  deployment_count what;                ///< `clients` is 0 here
  std::optional<std::uint64_t> clients; ///< none: fewer than the floor
};

/// Under a floor counts are rounded down to its multiples, and what is below it
/// is told as "fewer". No count, sum or difference of what is shown tells a
/// smaller group apart: sums are sums of what is shown, never of what is known.
/// A floor of 0 or 1 shows all as it is.
std::vector<shown_count> under_floor(std::vector<deployment_count> counts,
                                     std::uint64_t floor);

} // namespace signalbox
