#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/activity_log.hpp"
#include "actors/client_reports.hpp"
#include "actors/state_exchange.hpp"
#include "storage/kafka_stream.hpp"
#include "storage/rocksdb_database.hpp"

namespace signalbox {

/// How long a node keeps what decides nothing, and what it shows of it (NFR-8).
/// Times in milliseconds.
struct stream_options {
  std::int64_t reports_keep = 30LL * 24 * 3'600'000;
  std::int64_t activity_keep = 30LL * 24 * 3'600'000;
  std::int64_t report_window = 24LL * 3'600'000;
  std::uint64_t privacy_floor = 0;
  /// On Kafka: this node is the first one to use another key of the pseudonyms.
  bool new_pseudonym_key = false;
  bool writes = true; ///< false: a replica, which only shows them
};

/// Errors: `bad_request`: no time at all, or a window above what is kept.
result<void> validate(const stream_options& x);

/// The streams `reports` and `activity` of a node and what writes them.
class node_streams {
 public:
  /// Opens both in the database, or on Kafka with their copies in the database,
  /// read up to their ends of now if brokers answer. The key of the pseudonyms
  /// is made in `keys` if it is not there; on Kafka it must be there, since
  /// nodes share it. A stream that cannot be had is told by `warn`, and is off.
  /// `states`, if any, is joined to the activity of the other nodes.
  node_streams(const rocksdb_database::pointer& database,
               const std::optional<kafka_settings>& kafka,
               const std::filesystem::path& keys, const principal_id& node,
               const stream_options& options, state_exchange* states,
               const std::function<void(std::string)>& warn);
  ~node_streams(); ///< stops

  /// Writes what waits and answers who waits.
  void stop();

  client_reports* reports() const { return reports_.get(); }
  activity_log* activity() const { return activity_.get(); }

 private:
  /// A stream, and the same where other nodes write to it too; else null.
  struct opened {
    std::unique_ptr<event_stream> entries;
    shared_stream* shared = nullptr;
  };

  static opened open_own(const rocksdb_database::pointer& database,
                         const char* tag, std::string_view name,
                         const std::function<void(std::string)>& warn);
  static opened open_shared(kafka_stream_config config);

  void open(const rocksdb_database::pointer& database,
            const std::optional<kafka_settings>& kafka,
            const stream_options& options,
            const std::function<void(std::string)>& warn);

  state_exchange* states_;
  opened report_entries_;
  opened activity_entries_;
  std::unique_ptr<client_reports> reports_;
  std::unique_ptr<activity_log> activity_;
};

} // namespace signalbox
