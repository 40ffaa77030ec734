#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "actors/activity_log.hpp"
#include "actors/client_reports.hpp"
#include "storage/rocksdb_database.hpp"
#include "storage/rocksdb_stream.hpp"

namespace signalbox {

/// How long a node keeps what decides nothing, and what it shows of it (NFR-8).
/// Times in milliseconds.
struct stream_options {
  std::int64_t reports_keep = 30LL * 24 * 3'600'000;
  std::int64_t activity_keep = 30LL * 24 * 3'600'000;
  std::int64_t report_window = 24LL * 3'600'000;
  std::uint64_t privacy_floor = 0;
};

/// Errors: `bad_request`: no time at all, or a window above what is kept.
result<void> validate(const stream_options& x);

/// The streams `reports` and `activity` of a node and what writes them.
class node_streams {
 public:
  /// Opens both in the database. The key of the pseudonyms is made in `keys` if
  /// it is not there. A stream that cannot be had is told by `warn`, and is
  /// off.
  node_streams(const rocksdb_database::pointer& database,
               const std::filesystem::path& keys, const principal_id& node,
               const stream_options& options,
               const std::function<void(std::string)>& warn);

  /// Writes what waits and answers who waits.
  void stop();

  client_reports* reports() const { return reports_.get(); }
  activity_log* activity() const { return activity_.get(); }

 private:
  std::unique_ptr<rocksdb_stream> report_entries_;
  std::unique_ptr<rocksdb_stream> activity_entries_;
  std::unique_ptr<client_reports> reports_;
  std::unique_ptr<activity_log> activity_;
};

} // namespace signalbox
